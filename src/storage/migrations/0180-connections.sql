-- Answers by day of a zone and by service, counted once, when the day is over: what months are asked about is read here,
-- and of the ledger only the days since. They name nobody, and stay when the lines of the ledger are gone.
create table connection_days (
  day date not null,
  service text collate "C" not null,
  connections int not null,
  by_session int not null,
  double_avoided int not null,
  primary key (day, service)
);
-- The first day that is not counted yet, and the zone whose days they are.
create table connection_days_until (
  single boolean primary key default true check (single),
  until date not null,
  time_zone text not null
);
