-- What people ask of support by the form. They are not signed in for it, and no person is named here: whoever wrote is
-- known by the address that they typed, which rests sealed with all else that they wrote.
create table support_requests (
  id text collate "C" primary key,
  -- What they are told, and read out on the telephone.
  number text collate "C" not null unique,
  state text not null check (state in ('open', 'closed')),
  audience text not null,
  situation text not null,
  language text not null,
  -- The text, the address, the code that was quoted.
  sealed bytea not null,
  -- Keyed digests: of all that was written, by which a second click is known; of the code; of the network, for a day.
  content text not null,
  reference text,
  network text,
  received_at timestamptz not null,
  changed_at timestamptz not null,
  -- Grows with each answer, closing and reopening, so that who acts on an older state is told.
  version int not null,
  -- An actor, as facts have it, and when.
  read_by jsonb,
  read_at timestamptz,
  closed_by jsonb,
  close_reason text,
  check ((state = 'closed') = (closed_by is not null)),
  check ((state = 'closed') = (close_reason is not null)),
  check ((read_by is null) = (read_at is null))
);
create index support_requests_open on support_requests (received_at, id) where state = 'open';
create index support_requests_closed on support_requests (changed_at desc, id desc) where state = 'closed';
create index support_requests_content on support_requests (content);
create index support_requests_reference on support_requests (reference) where reference is not null;
create index support_requests_network on support_requests (network, received_at) where network is not null;
create index support_requests_changed on support_requests (changed_at);

create table support_answers (
  id text collate "C" primary key,
  request text collate "C" not null references support_requests on delete cascade,
  sealed bytea not null,
  -- An actor.
  answered_by jsonb not null,
  answered_at timestamptz not null,
  -- Neither: it is on its way.
  sent_at timestamptz,
  failed_at timestamptz,
  check (sent_at is null or failed_at is null)
);
create index support_answers_request on support_answers (request, answered_at);
