-- Keys of the hub. The JWK rests sealed, public part included: who can write to the table cannot have a key of their own
-- published as the hub's.
create table keys (
  id text primary key,
  purpose text not null check (purpose in ('id-token', 'client', 'decryption', 'journal')),
  alg text not null,
  state text not null check (state in ('next', 'active', 'retired')),
  sealed bytea not null,
  created_at timestamptz not null,
  -- When it serves, or will.
  active_from timestamptz not null,
  retired_at timestamptz check ((retired_at is not null) = (state = 'retired'))
);
-- Two processes that make keys at the same moment make one set.
create unique index keys_present on keys (purpose, alg, state) where state <> 'retired';
