-- People: who they are rests sealed with a key of the person, which rests wrapped by the master key. Digests are keyed:
-- they find an equal value and tell nothing about it.
create table people (
  id text primary key,
  kind text not null check (kind in ('pivot', 'professional')),
  created_at timestamptz not null,
  -- From then on there is no key, and nothing of the person can be read.
  erased_at timestamptz,
  wrapped_key bytea check ((wrapped_key is null) = (erased_at is not null)),
  language text,
  highest_level text not null check (highest_level in ('eidas1', 'eidas2', 'eidas3')),
  -- Absent after a split, until an account says it again.
  identity bytea,
  identity_level text check (identity_level in ('eidas1', 'eidas2', 'eidas3')),
  -- Version of the key, a point, digest of the canonical identity.
  match_key text collate "C",
  -- A review found somebody else with the same identity: nothing links to this person by itself any more.
  homonyms boolean not null default false
);
create index people_match on people (match_key) where match_key is not null;

create table links (
  id text primary key,
  person_id text not null references people (id),
  provider text not null,
  -- Digest of kind, provider and its subject.
  account_key text not null unique,
  subject bytea not null,
  -- The strongest level proved through this account, and the strongest one of services that it may open.
  level text not null check (level in ('eidas1', 'eidas2', 'eidas3')),
  serves text not null check (serves in ('eidas1', 'eidas2', 'eidas3')),
  -- What the account asserted when it was last taken into account.
  identity_digest text,
  -- Asserted by the provider, proved by nobody.
  email bytea,
  email_key text,
  linked_at timestamptz not null
);
create index links_person on links (person_id, provider);

create table subjects (
  person_id text not null references people (id),
  sector text not null,
  subject text not null,
  created_at timestamptz not null,
  primary key (person_id, sector)
);

create table contacts (
  id text primary key,
  person_id text not null references people (id),
  address bytea not null,
  address_key text not null,
  level text not null check (level in ('eidas1', 'eidas2', 'eidas3')),
  -- The link by which the person had signed in: it takes its contacts along when people are split.
  via_link text,
  added_at timestamptz not null,
  verified_at timestamptz,
  removed_at timestamptz,
  code_hash text,
  code_expires_at timestamptz,
  tries int not null default 0
);
create unique index contacts_address on contacts (person_id, address_key) where removed_at is null;
create index contacts_person on contacts (person_id);
create index contacts_removed on contacts (removed_at) where removed_at is not null;
create index contacts_unproved on contacts (code_expires_at) where verified_at is null;

create table collisions (
  id text primary key,
  person_id text not null references people (id),
  provider text not null,
  account_key text not null,
  -- Sealed with the person's key; absent once decided.
  subject bytea,
  level text not null check (level in ('eidas1', 'eidas2', 'eidas3')),
  cause text not null check (cause in ('second_account', 'linked_elsewhere', 'identities_differ')),
  found_at timestamptz not null,
  resolved_at timestamptz,
  outcome text check (outcome in ('same', 'different')),
  unique (person_id, account_key)
);
create index collisions_open on collisions (found_at) where resolved_at is null;
