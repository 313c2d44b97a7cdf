-- Changes that take two operators: written down by one, done when another one confirms.
create table approvals (
  id text collate "C" primary key,
  kind text not null,
  -- A purpose of keys, a service, a provider: of one kind about one thing, one waits at a time.
  about text not null,
  -- One of the two; what is sealed is wiped when it is over.
  parameters jsonb,
  sealed bytea,
  reason text not null,
  state text not null check (state in ('pending', 'confirmed', 'declined', 'withdrawn', 'expired')),
  -- An actor, as facts have it.
  asked_by jsonb not null,
  -- Operators who asked, or stand behind who asked: none of them is the second one.
  barred text[] not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  -- An operator; whoever took it back is who asked.
  decided_by text,
  decided_at timestamptz,
  -- Why it was declined.
  answer text,
  check (state = 'pending' or sealed is null),
  check (state <> 'pending' or (parameters is null) <> (sealed is null)),
  check ((state = 'pending') = (decided_at is null)),
  check ((state in ('confirmed', 'declined')) = (decided_by is not null)),
  check (state <> 'confirmed' or decided_by <> all (barred))
);
create unique index approvals_waiting on approvals (kind, about) where state = 'pending';
create index approvals_decided on approvals (decided_at desc, id) where state <> 'pending';
