-- A message about one fact, and one delivery of it for each mailbox that hears.
create table messages (
  id text collate "C" primary key,
  kind text not null check (kind in ('connection.unusual', 'connection.suspicious')),
  -- The connection it speaks of.
  about text collate "C" not null,
  person text collate "C" not null,
  -- Keyed digest of the code printed in the message: the code itself is nowhere.
  code_mark text collate "C" not null unique,
  state text not null check (state in ('waiting', 'sent', 'failed')),
  attempts integer not null,
  created_at timestamptz not null,
  unique (about, kind)
);
create index messages_of_person on messages (person);

create table message_deliveries (
  message text collate "C" not null references messages on delete cascade,
  -- Position among the recipients of the message, from 0.
  position smallint not null,
  -- Kind of recipient, address and language, sealed.
  recipient bytea not null,
  state text not null check (state in ('waiting', 'sent', 'failed')),
  -- What was sent, sealed: subject and text part.
  copy bytea,
  sent_at timestamptz,
  primary key (message, position)
);
