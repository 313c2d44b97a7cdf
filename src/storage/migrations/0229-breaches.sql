-- The register of breaches of personal data (GDPR, art. 33(5)). It names no person: an entry points to a case, or is about
-- an incident of the hub's own. What operators wrote rests sealed; the columns are what is counted, sorted and due.
create table breaches (
  id text collate "C" primary key,
  reference text collate "C" not null unique,
  -- Null: an incident of the hub's own.
  source_case text collate "C" unique,
  -- What became of the verdict since, and the fact that said so last: facts arrive in any order.
  case_standing text check (case_standing in ('confirmed', 'revised', 'not_confirmed')),
  case_sequence bigint,
  state text not null check (state in ('open', 'assessed', 'notified', 'closed')),
  version int not null,
  authorities text[] not null,
  opened_at timestamptz not null,
  -- An actor, as facts have it.
  opened_by jsonb not null,
  aware_at timestamptz not null,
  -- The next deadline that nobody has met.
  due_at timestamptz,
  -- Hours before that deadline of the last reminder; zero: that it has passed.
  reminded int,
  decision text check (decision in ('notify', 'not_needed')),
  risk text check (risk in ('unlikely', 'risk', 'high')),
  sealed bytea not null,
  closed_at timestamptz,
  closed_by jsonb,
  closing text check (closing in ('documented', 'finished', 'not_a_breach', 'duplicate')),
  check ((source_case is null) = (case_standing is null)),
  check ((decision is null) = (risk is null)),
  check ((state = 'closed') = (closed_at is not null and closed_by is not null and closing is not null))
);
create index breaches_open on breaches (coalesce(due_at, 'infinity'), id) where state <> 'closed';
create index breaches_closed on breaches (closed_at desc, id desc) where state = 'closed';
create index breaches_due on breaches (due_at) where due_at is not null;

-- What authorities were told, when, and as it was known then.
create table breach_phases (
  id text collate "C" primary key,
  breach text collate "C" not null references breaches on delete cascade,
  authority text not null,
  number int not null,
  told_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by jsonb not null,
  late boolean not null,
  sealed bytea not null,
  unique (breach, authority, number)
);

-- Every change of an entry; rows are added only.
create table breach_events (
  id bigint generated always as identity primary key,
  breach text collate "C" not null references breaches on delete cascade,
  at timestamptz not null,
  by jsonb not null,
  what text not null,
  sealed bytea not null
);
create index breach_events_of_breach on breach_events (breach, id);

-- What the public is told of incidents. A draft is what is being written; versions are what was published, each of them.
create table incident_statements (
  id text collate "C" primary key,
  -- Of its public address.
  reference text collate "C" not null unique,
  breach text collate "C" references breaches on delete set null,
  version int not null,
  changed_at timestamptz not null,
  changed_by jsonb not null,
  draft bytea,
  withdrawn_at timestamptz
);
create index incident_statements_changed on incident_statements (changed_at desc, id desc);
create index incident_statements_of_breach on incident_statements (breach) where breach is not null;

create table incident_statement_versions (
  statement text collate "C" not null references incident_statements on delete cascade,
  number int not null,
  content jsonb not null,
  published_at timestamptz not null,
  published_by jsonb not null,
  primary key (statement, number)
);
