-- Programs that may use the admin API.
create table api_clients (
  id text collate "C" primary key,
  name text not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  -- Public keys (RFC 7517).
  jwks jsonb not null,
  -- An actor, as facts have it.
  registered_by jsonb not null,
  -- Who answers for it, and is not the second pair of eyes for what it asks.
  operator text collate "C",
  registered_at timestamptz not null,
  changed_at timestamptz not null,
  last_token_at timestamptz,
  removed_at timestamptz
);

-- What was answered to a request with an Idempotency-Key. Without an answer: it is being carried out, or was cut off.
create table api_answers (
  client text collate "C" not null references api_clients,
  -- SHA-256 of the key, base64url, as is the fingerprint of the request.
  key_hash text collate "C" not null,
  fingerprint text not null,
  begun_at timestamptz not null,
  -- Sealed: it may hold a link or a secret that is shown once.
  answer bytea,
  primary key (client, key_hash)
);
create index api_answers_begun on api_answers (begun_at);
