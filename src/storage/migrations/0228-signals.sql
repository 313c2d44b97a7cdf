-- Security events (Shared Signals) to programs of partners: one stream for each program. Nothing here says who somebody
-- is: a set names a party of a case, and what it tells is put together when it leaves. What a receiver gave as a secret,
-- and what it wants to be told back, is sealed.
create table signal_streams (
  id text collate "C" primary key,
  client text collate "C" not null unique,
  side text not null check (side in ('service', 'provider')),
  object text collate "C" not null,
  partner text collate "C" not null,
  method text not null check (method in ('push', 'poll')),
  endpoint text,
  authorization_header bytea,
  -- Types of events that were asked for; null: all.
  events text[],
  description text,
  status text not null check (status in ('enabled', 'paused', 'disabled')),
  reason text,
  created_at timestamptz not null,
  -- When the receiver last asked for something.
  seen_at timestamptz not null,
  verification_asked_at timestamptz,
  delivered_at timestamptz,
  -- Of a push: since when it fails, how often, why, and when it is tried again.
  failing_since timestamptz,
  tries int not null default 0,
  last_error text,
  next_try_at timestamptz,
  -- The process that sends now, and until when the others leave it alone.
  sender text,
  sender_until timestamptz,
  check ((method = 'push') = (endpoint is not null))
);
create index signal_streams_of on signal_streams (side, object);

-- Subjects that a receiver wants to hear nothing of, as keyed digests.
create table signal_unwanted (
  stream text collate "C" not null references signal_streams on delete cascade,
  subject text collate "C" not null,
  primary key (stream, subject)
);

create table signal_sets (
  -- The jti.
  id text collate "C" primary key,
  stream text collate "C" not null references signal_streams on delete cascade,
  -- The order in which they are told: of the facts, then of what one fact means.
  place bigint not null,
  turn int not null,
  kind text not null,
  -- The party of a case that it is about; null: about the stream itself.
  party text collate "C",
  -- When that happened which it tells, who began it, when it was written.
  at timestamptz not null,
  initiator text not null,
  queued_at timestamptz not null,
  -- Closed words.
  detail jsonb not null,
  -- What a verification is to say back.
  echo bytea,
  state text not null check (state in ('waiting', 'delivered', 'refused', 'expired', 'dropped')),
  settled_at timestamptz,
  -- The code by which a receiver refused it.
  error text,
  check ((state = 'waiting') = (settled_at is null))
);
create unique index signal_sets_once on signal_sets (stream, place, party, kind) where party is not null;
create index signal_sets_waiting on signal_sets (stream, place, turn) where state = 'waiting';
create index signal_sets_told on signal_sets (party, stream, place, turn) where party is not null;
create index signal_sets_settled on signal_sets (settled_at) where state <> 'waiting';
create index signal_sets_troubled on signal_sets (stream, settled_at) where state in ('refused', 'expired', 'dropped');

-- Where the events of a partner's own come from.
create table signal_sources (
  id text collate "C" primary key,
  client text collate "C" not null,
  side text not null check (side in ('service', 'provider')),
  object text collate "C" not null,
  partner text collate "C" not null,
  issuer text not null,
  audience text not null,
  jwks jsonb,
  jwks_uri text,
  method text not null check (method in ('push', 'poll')),
  -- Of a push: the hash of what it authenticates itself with. Of a poll: where to ask, and with what.
  secret text,
  endpoint text,
  authorization_header bytea,
  created_at timestamptz not null,
  accepted int not null default 0,
  replayed int not null default 0,
  refused int not null default 0,
  accepted_at timestamptz,
  refused_at timestamptz,
  refusal text,
  polled_at timestamptz,
  failing_since timestamptz,
  tries int not null default 0,
  last_error text,
  next_poll_at timestamptz,
  check ((jwks is null) <> (jwks_uri is null)),
  check ((method = 'push') = (secret is not null)),
  check ((method = 'poll') = (endpoint is not null))
);
create index signal_sources_of on signal_sources (side, object);

-- What was received, so that it counts once: digests of a jti and of what came with it.
create table signal_received (
  source text collate "C" not null references signal_sources on delete cascade,
  jti text collate "C" not null,
  digest text collate "C" not null,
  at timestamptz not null,
  outcome text,
  primary key (source, jti)
);
create index signal_received_by_time on signal_received (at);
