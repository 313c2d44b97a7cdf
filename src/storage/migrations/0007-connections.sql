-- The ledger. Ids grow with time, so the primary key serves retention and pages of history as well.
create table connections (
  id text collate "C" primary key,
  reference text collate "C" not null unique,
  state text not null check (state in ('authorised', 'completed', 'refused')),
  at timestamptz not null,
  completed_at timestamptz,
  person text collate "C",
  service text collate "C" not null,
  provider text collate "C",
  level text check (level in ('eidas1', 'eidas2', 'eidas3')),
  amr text[] not null,
  reused boolean not null,
  session text collate "C",
  device text collate "C",
  country text collate "C",
  -- Address and source port, sealed.
  origin bytea not null,
  scopes text[] not null,
  refusal text,
  unusual text[] not null,
  alert text not null check (alert in ('none', 'unusual', 'suspicious')),
  check (state = 'refused' or (person is not null and provider is not null and level is not null and session is not null)),
  check ((state = 'refused') = (refusal is not null)),
  check ((state = 'completed') = (completed_at is not null))
);
create index connections_of_person on connections (person, id) where person is not null;
