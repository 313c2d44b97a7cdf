-- The day on which an agent checked an identity, as they wrote it down; `at` says when they did.
alter table enrolments add column checked_on date;

alter table identifiers drop constraint identifiers_kind_check;
alter table identifiers add constraint identifiers_kind_check
  check (kind in ('login_name', 'email', 'phone', 'rpps', 'private'));

-- How somebody who was enrolled before an agent comes to their first means: a code, good until it made one. One at a
-- time for each person; a new one takes the place of the one before.
create table activations (
  person_id text collate "C" primary key,
  enrolment_id text collate "C" not null references enrolments (id),
  -- The half of the code by which it is found. It opens nothing.
  reference text collate "C" not null unique,
  -- Keyed digest of the other half.
  secret_hash text collate "C" not null,
  -- Wrong halves that came with this reference.
  tries smallint not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- Keyed digest of the browser in which the code was typed last, and until when it may go on there.
  browser_hash text collate "C",
  open_until timestamptz,
  used_at timestamptz,
  check ((browser_hash is null) = (open_until is null))
);
create index activations_browser on activations (browser_hash);
create index activations_expiry on activations (expires_at);
