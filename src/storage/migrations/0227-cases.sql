-- Cases become whole: origins, qualification, partners concerned, answers, a verdict. One that was open until now stays
-- open, about the one connection that it had; what was written then, sealed in another way, is not carried over.
create table case_connections (
  case_id text collate "C" not null references cases on delete cascade,
  connection text collate "C" not null,
  -- Else it is of a session of one that is, or was taken out of the question.
  in_question boolean not null,
  -- The case is not closed.
  open boolean not null,
  at timestamptz,
  service text collate "C",
  provider text collate "C",
  session text collate "C",
  -- Keyed digests, the same for everybody.
  device_mark text collate "C",
  network_mark text collate "C",
  frozen_at timestamptz,
  -- The line of the ledger as it was, sealed with a key of the room.
  evidence bytea,
  primary key (case_id, connection)
);
insert into case_connections (case_id, connection, in_question, open)
  select id, connection, true, state <> 'closed' from cases;

drop index cases_open, cases_waiting;
alter table cases drop constraint cases_state_check, drop constraint cases_close_reason_check;
alter table cases drop column connection, drop column words, alter column person drop not null;
alter table cases
  add column origin text not null default 'person' check (origin in ('person', 'form', 'service', 'provider', 'hub')),
  add column match text not null default 'matched' check (match in ('matched', 'not_matching', 'no_trace')),
  add column version int not null default 1,
  -- Who reported it, where it is not known whom it is about.
  add column reporter text collate "C",
  add column rule text,
  -- Closed words and numbers, of the rule.
  add column explanation jsonb,
  add column checks jsonb,
  add column stolen text,
  add column verdict text check (verdict in ('confirmed', 'not_confirmed')),
  add column notified_at timestamptz,
  add column first_answer_at timestamptz,
  add column concluded_at timestamptz,
  -- The next deadline of the parties that wait.
  add column due_at timestamptz,
  -- The person was erased, and what is not to be kept of them beyond the case goes when it is closed.
  add column erased boolean not null default false,
  add check (state in ('received', 'qualified', 'notified', 'concluded', 'closed')),
  add check (close_reason in ('settled', 'not_a_theft', 'duplicate', 'no_answer', 'no_trace', 'not_matching')),
  add check ((match = 'matched') = (person is not null));
alter table cases alter column origin drop default, alter column match drop default;

create unique index case_connections_open on case_connections (connection) where open and in_question;
create index case_connections_by_device on case_connections (device_mark, case_id) where device_mark is not null;
create index case_connections_by_network on case_connections (network_mark, case_id) where network_mark is not null;
create index case_connections_by_provider on case_connections (provider, at) where in_question;
create index cases_queue on cases ((coalesce(due_at, 'infinity'::timestamptz)), id) where state <> 'closed';
create index cases_of_reporter on cases (reporter, id) where reporter is not null;
create index cases_of_rule on cases (rule, id) where rule is not null;

-- Each report that came in: the one that opened the case and those that joined it.
create table case_reports (
  reference text collate "C" primary key,
  -- Null: made without signing in, and not looked at yet.
  case_id text collate "C" references cases on delete cascade,
  origin text not null check (origin in ('person', 'form', 'service', 'provider', 'hub')),
  at timestamptz not null,
  -- An actor, as facts have it.
  by jsonb not null,
  via text check (via in ('desk', 'api', 'signal')),
  -- A closed word of whoever reports.
  kind text,
  -- Of a partner: by which of its objects, and a keyed digest of what it reported about.
  side text check (side in ('service', 'provider')),
  object text collate "C",
  about_mark text collate "C",
  -- Of the secret by which a report made without signing in is followed.
  key_hash text
);
create index case_reports_of_case on case_reports (case_id);
create index case_reports_of_object on case_reports (side, object, at desc, reference) where object is not null;
create index case_reports_about on case_reports (about_mark) where about_mark is not null;
create index case_reports_unseen on case_reports (at) where case_id is null;

create table case_parties (
  id text collate "C" primary key,
  case_id text collate "C" not null references cases on delete cascade,
  side text not null check (side in ('service', 'provider')),
  object text collate "C" not null,
  partner text collate "C" not null,
  reference text collate "C" not null unique,
  txn text collate "C" not null unique,
  -- By what it knows the person: sealed with a key of the room, and a keyed digest to find it by.
  subject bytea,
  subject_mark text collate "C",
  issuer text not null,
  -- Its own connections: [{at, level}].
  moments jsonb not null,
  notified_at timestamptz not null,
  due_at timestamptz not null,
  version int not null default 1,
  -- No answer yet, nobody waived it, and the case has no verdict.
  waiting boolean not null default true,
  -- When to remind or escalate next.
  next_at timestamptz,
  reminders smallint not null default 0,
  reminded_at timestamptz,
  escalated_at timestamptz,
  finding text check (finding in ('confirmed', 'not_confirmed')),
  answered_at timestamptz,
  waived_at timestamptz,
  -- When each duty was done.
  done jsonb not null default '{}',
  unique (case_id, side, object)
);
create index case_parties_of_partner on case_parties (partner, id);
create index case_parties_waiting on case_parties (partner, due_at, id) where waiting;
create index case_parties_answered on case_parties (partner, answered_at desc, id desc) where answered_at is not null;
create index case_parties_next on case_parties (next_at) where next_at is not null;
create index case_parties_of_subject on case_parties (subject_mark) where subject_mark is not null;

create table case_answers (
  party text collate "C" not null references case_parties on delete cascade,
  number int not null,
  -- Of what makes it idempotent.
  key text not null,
  at timestamptz not null,
  by jsonb not null,
  via text not null check (via in ('desk', 'api', 'signal')),
  finding text check (finding in ('confirmed', 'not_confirmed')),
  measures text[] not null,
  duties text[] not null,
  breach_decision text check (breach_decision in ('notify', 'not_needed', 'undecided')),
  aware_at timestamptz,
  late boolean not null,
  primary key (party, number),
  unique (party, key)
);

create table case_events (
  case_id text collate "C" not null references cases on delete cascade,
  number int not null,
  at timestamptz not null,
  by jsonb not null,
  what text not null,
  party text collate "C",
  -- Closed words and identifiers.
  more jsonb,
  primary key (case_id, number)
);

-- Everything that somebody wrote, and where somebody signed out can be reached: sealed with the key of `owner`, else with
-- one of the room.
create table case_texts (
  -- Of what it is: `report REFERENCE`, `event CASE NUMBER`, `answer PARTY NUMBER`, `waiver PARTY`.
  place text collate "C" primary key,
  case_id text collate "C" references cases on delete cascade,
  owner text collate "C",
  sealed bytea not null
);
create index case_texts_of_case on case_texts (case_id);
create index case_texts_of_owner on case_texts (owner) where owner is not null;

-- Who is known to services by a subject.
create index subjects_known_as on subjects (subject, sector);
