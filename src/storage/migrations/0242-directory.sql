-- Organisations, and who represents them by law: editions of a register file, and documents that operators checked.
create table organisation_editions (
  id int generated always as identity primary key,
  state text not null check (state in ('loading', 'current', 'past', 'failed')),
  -- Name of the file.
  source text not null,
  -- When the register made it: how old what it says is.
  extracted_at timestamptz not null,
  sha256 text,
  organisations int not null default 0,
  representations int not null default 0,
  lines int not null default 0,
  bad_lines int not null default 0,
  -- Against the edition before.
  closed int not null default 0,
  ended int not null default 0,
  imported_by text not null,
  begun_at timestamptz not null,
  -- While it loads: the last sign of life of whoever imports it.
  seen_at timestamptz not null,
  ended_at timestamptz check ((ended_at is null) = (state = 'loading'))
);
-- One edition is read, and one is written at a time.
create unique index organisation_editions_current on organisation_editions (state) where state = 'current';
create unique index organisation_editions_loading on organisation_editions (state) where state = 'loading';

create table organisations (
  id text collate "C" primary key,
  -- '<scheme>:<number>', one of its numbers while it is active.
  subject text collate "C" not null,
  name text not null,
  -- Its words in capital letters without accents or signs: by which one sorts and searches.
  name_key text collate "C" not null,
  kind text,
  state text not null check (state in ('active', 'closed')),
  source text not null,
  extracted_at timestamptz not null,
  -- The last edition that had it.
  edition int not null references organisation_editions (id),
  closed_at timestamptz check ((closed_at is null) = (state = 'active'))
);
create index organisations_name on organisations (name_key, id);
create index organisations_words on organisations using gin (to_tsvector('simple', name_key));
create index organisations_subject on organisations (subject);

-- Whose a number is. An organisation keeps its own when it is closed, until another one has them.
create table organisation_numbers (
  scheme text collate "C" not null,
  number text collate "C" not null,
  organisation_id text collate "C" not null references organisations (id),
  primary key (scheme, number)
);
create index organisation_numbers_organisation on organisation_numbers (organisation_id);

create table representations (
  id text collate "C" primary key,
  organisation_id text collate "C" not null references organisations (id),
  by text not null check (by in ('register', 'document')),
  role text not null,
  -- May bind the organisation without another representative.
  alone boolean not null,
  -- Keyed digests: of the family name and the birth date, which several people may share; of these and the given names.
  look_up text collate "C" not null,
  holder text collate "C" not null,
  -- Names and what is known of the birth. Sealed.
  identity bytea not null,
  edition int references organisation_editions (id),
  source text not null,
  -- When what it stands on said so: the extraction of the edition, or the check of the document.
  checked_at timestamptz not null,
  until timestamptz,
  -- Of a document: when somebody has to look again.
  check_by timestamptz,
  document_kind text,
  document_date date,
  -- Where the document is to be found. Sealed.
  document_reference bytea,
  recorded_by text,
  confirmed_by text,
  begun_at timestamptz not null,
  -- Since when somebody was told that they represent it: before, nothing can stand on it.
  met_at timestamptz,
  -- Since when the edition has been too old to go by.
  stale_at timestamptz,
  ended_at timestamptz,
  ended_for text,
  check ((by = 'register') = (edition is not null)),
  check ((by = 'document') = (document_kind is not null and document_date is not null and check_by is not null)),
  check ((ended_at is null) = (ended_for is null))
);
create index representations_look_up on representations (look_up) where ended_at is null;
create unique index representations_holder on representations (organisation_id, holder, by) where ended_at is null;
create index representations_until on representations (until) where ended_at is null and until is not null;
create index representations_check_by on representations (check_by) where ended_at is null and check_by is not null;
create index representations_ended on representations (ended_at) where ended_at is not null;

-- The lines of the edition that is being read, until it takes the place of the one before. Emptied then.
create table organisation_lines (
  line int primary key,
  edition int not null,
  -- Numbers by scheme; the same set makes the same organisation.
  numbers jsonb not null,
  organisation text collate "C" not null,
  subject text collate "C" not null,
  name text not null,
  name_key text collate "C" not null,
  kind text,
  state text not null,
  -- An identifier for an organisation that nobody knew, then that of the one that it is.
  organisation_id text collate "C" not null,
  -- Its first line that is taken.
  leads boolean not null default false,
  settled boolean not null default false,
  representation_id text collate "C",
  role text,
  alone boolean,
  until timestamptz,
  look_up text collate "C",
  holder text collate "C",
  identity bytea,
  problem text
);
