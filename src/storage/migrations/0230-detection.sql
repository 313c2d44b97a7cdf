-- What the hub's own detection found. One row for each rule and person, or provider, in a stretch of quiet; it names
-- lines of the ledger, and none of what they hold.
create table detections (
  id text collate "C" primary key,
  rule text not null,
  found_at timestamptz not null,
  -- Whom it is about: exactly one of the two, or nobody any more once the person is erased.
  person text collate "C",
  provider text collate "C",
  connections text[] not null,
  explanation jsonb not null,
  weight int not null check (weight between 1 and 100),
  -- Whether a case is to be opened; `case_id` says which one it became.
  mode text not null check (mode in ('watch', 'case')),
  case_id text collate "C",
  -- When that case was concluded or closed: what is found of the same person later is another one.
  over_at timestamptz,
  verdict text check (verdict in ('confirmed', 'not_confirmed')),
  check (person is null or provider is null)
);
create index detections_of_person on detections (person, found_at) where person is not null;
create index detections_of_provider on detections (provider, found_at) where provider is not null;
create index detections_of_case on detections (case_id) where case_id is not null;
create index detections_waiting on detections (id) where mode = 'case' and case_id is null and person is not null;
create index detections_of_rule on detections (rule, id);
-- The console lists the newest of all rules, and the sweeper deletes the oldest.
create index detections_by_time on detections (found_at, id);

-- Up to where the ledger was looked at: one row.
create table detection_looks (
  single boolean primary key default true check (single),
  until timestamptz not null
);

-- How sign-ins ended at each provider, by the look that counted them: what is usual there.
create table detection_attempts (
  provider text collate "C" not null,
  until timestamptz not null,
  signed_in int not null,
  refused int not null,
  primary key (provider, until)
);
create index detection_attempts_by_time on detection_attempts (until);

-- The rules as they were tuned: the one with the highest number is in force, without one the rule as shipped.
create table detection_tunings (
  rule text not null,
  number int not null,
  mode text not null check (mode in ('off', 'watch', 'case')),
  parameters jsonb not null,
  tuned_at timestamptz not null,
  -- An actor, as facts have it.
  tuned_by jsonb not null,
  primary key (rule, number)
);
