-- The journal. Rows are inserted and, when their time has come, deleted; none is ever updated except in the outbox.

-- What happened. `data` is `json`, not `jsonb`: it keeps the exact text that was appended, which is what the tree commits
-- to. The sequence has gaps where transactions rolled back.
create table facts (
  sequence bigint generated always as identity primary key,
  at timestamptz(3) not null,
  name text collate "C" not null,
  data json not null,
  salt bytea not null check (length(salt) = 32)
);
create index facts_name on facts (name, sequence);
create index facts_person on facts (((data ->> 'person') collate "C"), sequence)
  where ((data ->> 'person') collate "C") is not null;
create index facts_connection on facts (((data ->> 'connection') collate "C"), sequence)
  where ((data ->> 'connection') collate "C") is not null;

-- One row for each transaction that appended: the facts that reactors have not seen yet. `due` moves into the future when
-- a reactor fails.
create table outbox (
  id bigint generated always as identity,
  due timestamptz(3) not null,
  facts bigint[] not null,
  attempts int not null default 0,
  problem text,
  primary key (due, id)
);

-- The leaves of the Merkle tree, in order of sequence. They outlive their facts: `until` is the first day on which the
-- fact may be gone, and the tree commits to it.
create table journal_leaves (
  index bigint primary key check (index >= 0),
  sequence bigint not null unique,
  until date not null check (isfinite(until)),
  commitment bytea not null check (length(commitment) = 32)
);

-- Complete subtrees of 2^height leaves, for the heights 4, 8, 12 ...: what appending and proving read instead of leaves.
create table journal_nodes (
  height smallint not null,
  position bigint not null,
  hash bytea not null check (length(hash) = 32),
  primary key (height, position)
);

-- Signed tree heads. Old ones are thinned out, as each head speaks for all leaves before it.
create table journal_heads (
  size bigint primary key,
  root bytea not null,
  at timestamptz(3) not null,
  signature text not null
);
