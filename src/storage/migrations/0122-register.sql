-- What the hub knows of each kind of means: of its own, and of those behind a provider. Rows are only added; the newest
-- one of an entry counts, the others say what counted before.
create table means_declarations (
  id bigint generated always as identity primary key,
  -- `own/passkey`, `provider/post`.
  entry text collate "C" not null,
  class text not null check (class in ('psc', 'card', 'certified', 'homologated', 'transition', 'none')),
  -- Kinds of factors that a sign-in by a provider proves; those of the hub's own are known.
  factors text[] not null,
  certificate text,
  certificate_until timestamptz,
  valid_until timestamptz,
  recorded_at timestamptz not null,
  recorded_by jsonb not null,
  check (certificate is not null or certificate_until is null)
);
create index means_declarations_newest on means_declarations (entry, id desc);

-- The owner of a service states, after a risk analysis, that a kind of means is enough for that service. A row never
-- changes but for its withdrawal: what was in force at an instant can be told for ever.
create table homologations (
  id text collate "C" primary key,
  entry text collate "C" not null,
  service text collate "C" not null,
  -- Who decided, for the service: a function, as its owner gave it.
  author text not null,
  risk_analysis text not null,
  -- The beginning of the day of the decision; the end follows by the calendar.
  decided_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by jsonb not null,
  withdrawn_at timestamptz,
  withdrawn_by jsonb,
  check ((withdrawn_at is null) = (withdrawn_by is null))
);
create index homologations_of on homologations (service, entry);
