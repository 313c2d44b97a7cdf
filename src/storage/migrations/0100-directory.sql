-- Registers of public data that were imported. The lines rest as they stood in the file, in the clear: they are public.
create table register_editions (
  id int generated always as identity primary key,
  register text not null check (register in ('rpps')),
  state text not null check (state in ('loading', 'current', 'past', 'failed')),
  -- Which of the two tables below holds it, or held it.
  slot text not null check (slot in ('a', 'b')),
  -- Name of the file, and when it was made by that name (YYYYMMDDhhmm).
  source text not null,
  extracted text,
  sha256 text,
  -- The first line of the file: what the cells of the others are.
  header text not null default '',
  persons int not null default 0,
  lines int not null default 0,
  bad_lines int not null default 0,
  imported_by text not null,
  begun_at timestamptz not null,
  -- While it loads: the last sign of life of whoever imports it.
  seen_at timestamptz not null,
  ended_at timestamptz check ((ended_at is null) = (state = 'loading'))
);
-- One edition is read, and one is written at a time.
create unique index register_editions_current on register_editions (register) where state = 'current';
create unique index register_editions_loading on register_editions (register) where state = 'loading';

-- One row for each professional: their lines, one under the other. The edition that is not read is emptied and filled
-- while the other one serves.
create table professionals_a (national_id text collate "C" primary key, lines text not null);
create table professionals_b (national_id text collate "C" primary key, lines text not null);
-- They are read by their key alone: sampling them for the planner would cost the embedded database its time.
alter table professionals_a alter column national_id set statistics 1, alter column lines set statistics 0;
alter table professionals_b alter column national_id set statistics 1, alter column lines set statistics 0;
