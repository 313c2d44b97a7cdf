-- A register of national size. What an edition says again is not written again: an active organisation, and a
-- representative by the register who has not ended, are of the edition in force; `edition`, `source` and the instant in
-- their rows are those of the edition that changed them last, and when they are closed or over, of the last that had them.
alter table representations
  -- Keyed digest of what `identity` seals: whether an edition says something else.
  add column content text collate "C",
  -- It ended by an edition, somebody may stand on it, and the fact is not written yet.
  add column untold boolean not null default false;
create index representations_untold on representations (id) where untold;
create index representations_met on representations (id) where ended_at is null and met_at is not null and by = 'register';
create index representations_stale on representations (id) where ended_at is null and stale_at is not null;
create index representations_edition on representations (edition) where edition is not null;
create index organisations_edition on organisations (edition);
-- Only who was told of one can stand on it: of others nothing has to come back.
update representations set stale_at = null where stale_at is not null and met_at is null;

-- What an edition says until it is in force. Nobody reads it, and after a crash nobody needs it.
drop table organisation_lines;
create unlogged table organisation_lines (
  line int primary key,
  -- Digest of its numbers: the same set makes the same organisation.
  organisation text collate "C" not null,
  numbers jsonb not null,
  subject text collate "C" not null,
  name text not null,
  name_key text collate "C" not null,
  kind text,
  state text not null,
  -- Identifiers for what nobody knew.
  organisation_id text collate "C" not null,
  representation_id text collate "C",
  role text,
  alone boolean,
  until timestamptz,
  look_up text collate "C",
  holder text collate "C",
  identity bytea,
  content text collate "C",
  problem text
);
create index organisation_lines_organisation on organisation_lines (organisation, look_up);
create index organisation_lines_problem on organisation_lines (line) where problem is not null;

-- Whose a number is in the file: of the first line that has it.
create unlogged table organisation_claims (
  scheme text collate "C" not null,
  number text collate "C" not null,
  organisation text collate "C" not null,
  primary key (scheme, number)
);

-- One for each organisation of the file, by its first good line.
create unlogged table organisation_entries (
  line int primary key,
  organisation text collate "C" not null unique
);

-- Which organisation each entry is. `known`: of an earlier edition; `changed`: something of it has to be written.
create unlogged table organisation_matches (
  line int primary key,
  organisation_id text collate "C" not null unique,
  known boolean not null,
  changed boolean not null
);
create index organisation_matches_changed on organisation_matches (line) where changed;

-- Lines whose representative is new, or is said otherwise than before.
create unlogged table organisation_news (
  line int primary key
);

-- What the file does not have any more, or has closed: organisations, and representations by the register.
create unlogged table organisation_losses (
  id text collate "C" primary key,
  what text not null check (what in ('organisation', 'representation'))
);
