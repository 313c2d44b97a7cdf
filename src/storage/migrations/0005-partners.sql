-- Partners, services and providers, each in versions. `settings` is what the registry holds, without secrets in clear:
-- a service's secrets are hashes, a provider's client secret is in `sealed`.
create table partner_versions (
  id text primary key,
  kind text not null check (kind in ('partner', 'service', 'provider')),
  subject text not null,
  number int not null,
  state text not null check (state in ('draft', 'published', 'archived')),
  settings jsonb not null,
  sealed bytea,
  author jsonb not null,
  created_at timestamptz not null,
  published_at timestamptz,
  archived_at timestamptz,
  -- The revision of the registry at which what it shows of this version changed last.
  revision int not null,
  unique (kind, subject, number)
);
create unique index partner_versions_published on partner_versions (kind, subject) where state = 'published';
create index partner_versions_revision on partner_versions (revision);

-- The state of a provider is not a setting: it changes at once, in an emergency, and survives publications.
create table provider_states (
  provider text primary key,
  state jsonb not null,
  author jsonb not null,
  changed_at timestamptz not null
);

-- One row: its lock puts publications in order, its number tells a process whether its snapshot is old.
create table partners_revision (
  single boolean primary key default true check (single),
  revision int not null
);
insert into partners_revision (revision) values (0);
