-- The yearly check of a partner's security contacts: when it is overdue, and what was confirmed when and by whom.
create table contact_checks (
  partner text collate "C" primary key,
  due_at timestamptz not null,
  -- Days before the end at which it was last asked for; null: not yet.
  asked smallint,
  confirmed_at timestamptz,
  confirmed_by text collate "C",
  -- The mailbox that was confirmed, which the settings name too.
  mailbox text
);
