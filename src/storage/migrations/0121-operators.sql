create table operators (
  id text collate "C" primary key,
  person text collate "C" not null unique,
  state text not null check (state in ('invited', 'active', 'suspended', 'removed')),
  -- Sealed with the person's own key.
  name bytea not null,
  roles text[] not null check (cardinality(roles) > 0),
  -- The enrolment of the last invitation: under it passkeys are made.
  enrolment text collate "C" not null,
  invited_at timestamptz not null,
  changed_at timestamptz not null,
  -- From then on the person is erased, and nothing tells who it was.
  erased_at timestamptz,
  last_sign_in_at timestamptz
);

-- Links that were given out. Only the newest one of an operator serves.
create table operator_invitations (
  token_hash text collate "C" primary key,
  operator text collate "C" not null references operators,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index operator_invitations_of on operator_invitations (operator);

create table operator_sessions (
  id text collate "C" primary key,
  -- SHA-256 of the cookie's value, base64url.
  secret_hash text collate "C" not null unique,
  operator text collate "C" not null references operators,
  -- The passkey that opened it: its end is the session's.
  means text collate "C" not null,
  -- The sign-in before this one, for the operator to recognise.
  previous_sign_in_at timestamptz,
  started_at timestamptz not null,
  last_seen_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('signed_out', 'replaced', 'suspended', 'removed', 'revoked', 'expired')),
  check ((ended_at is null) = (end_reason is null))
);
create index operator_sessions_live on operator_sessions (operator) where ended_at is null;
create index operator_sessions_ended on operator_sessions (ended_at) where ended_at is not null;
