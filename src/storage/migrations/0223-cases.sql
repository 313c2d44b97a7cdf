-- The network that a sign-in came from, as a keyed digest that is the same for the same person only; absent in older rows
-- and in those that passed to another person. What the person said of a line: theirs or not, and when.
alter table connections add column network text collate "C";
alter table connections add column answer text check (answer in ('owned', 'disowned'));
alter table connections add column answered_at timestamptz;
create index connections_unanswered on connections (person, id) where alert <> 'none' and answer is null;

-- Reports of a misused identity, one about each connection at a time. What the person wrote is sealed with their own key.
create table cases (
  id text collate "C" primary key,
  reference text collate "C" not null unique,
  person text collate "C" not null,
  connection text collate "C" not null,
  state text not null check (state in ('received', 'closed')),
  opened_at timestamptz not null,
  -- An actor, as facts have it.
  opened_by jsonb not null,
  words bytea,
  closed_at timestamptz,
  closed_by jsonb,
  close_reason text check (close_reason in ('settled', 'not_a_theft', 'duplicate', 'no_answer')),
  check ((state = 'closed') = (closed_at is not null and closed_by is not null and close_reason is not null))
);
create unique index cases_open on cases (connection) where state <> 'closed';
create index cases_of_person on cases (person, id);
create index cases_waiting on cases (id) where state <> 'closed';
create index cases_closed on cases (closed_at desc, id desc) where state = 'closed';

-- How often a network (a keyed digest) typed codes of alerts, since when.
create table case_code_tries (
  network text collate "C" primary key,
  since timestamptz not null,
  tries int not null
);
create index case_code_tries_by_time on case_code_tries (since);
