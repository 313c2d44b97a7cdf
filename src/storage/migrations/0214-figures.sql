-- What happened on a day, of each service and of each provider by itself: never of both together. Counted once, when the
-- day is over; kept as long as the ledger is, by whole months.
create table figure_days (
  side text not null check (side in ('service', 'provider')),
  subject text collate "C" not null,
  day date not null,
  kind text not null check (kind in ('login', 'refusal', 'duration')),
  -- A level, a reason, or a bucket of the histogram of durations.
  value text collate "C" not null,
  count int not null,
  primary key (side, subject, day, kind, value)
);
create index figure_days_by_day on figure_days (day);
-- Up to where the ledger is counted.
create table figure_days_until (
  single boolean primary key default true check (single),
  until timestamptz not null
);
