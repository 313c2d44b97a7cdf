-- Every message that left for somebody has its row, codes that they asked for too; and what was chosen, by mailbox.
alter table messages drop constraint messages_kind_check;
alter table messages add constraint messages_kind_check check (
  kind in ('connection.unusual', 'connection.suspicious', 'connection.made')
  or kind in (
    'means.activated', 'means.suspended', 'means.resumed', 'means.revoked', 'means.renewed', 'means.expires_soon',
    'means.expired', 'means.password_set', 'means.recovery_code_used', 'means.locked', 'means.unlocked',
    'means.counter_regressed', 'means.activation_given'
  )
  or kind in (
    'contact.added', 'contact.verified', 'contact.confirmed', 'contact.removed', 'alerts.turned_off', 'alerts.turned_on',
    'person.linked', 'person.erased'
  )
  or kind in (
    'protection.frozen', 'protection.thaw_asked', 'protection.thaw_stopped', 'protection.thawed', 'protection.blocked',
    'protection.unblocked'
  )
  or kind in ('code.sign_in', 'code.check', 'code.proof', 'code.contact', 'code.reset', 'code.answer')
);
-- Without a person: a code for a mailbox of nobody known, and the last letter to who was erased.
alter table messages alter column person drop not null;
alter table messages alter column about drop not null;
-- A text message has no room for a code of its own.
alter table messages alter column code_mark drop not null;
alter table messages add column channel text not null default 'email' check (channel in ('email', 'sms'));
-- The one that it is about, if there is one: whoever signed in by it may read the copy.
alter table messages add column provider text collate "C";
-- Identifiers, instants and closed words of the fact.
alter table messages add column details jsonb not null default '{}';
drop index messages_of_person;
create index messages_of_person on messages (person, id) where person is not null;

-- Keyed digest of the mailbox together with the code: whoever has both may ask whether they belong together.
alter table message_deliveries add column address_mark text collate "C";
-- Blank once nothing is left to send and nobody is there to read the copy.
alter table message_deliveries alter column recipient drop not null;

-- R056: of which sign-ins each mailbox hears. Without a row: of unusual ones. '' stands for what providers assert.
alter table alert_choices rename to alert_choices_of_old;
create table alert_choices (
  person text collate "C" not null,
  contact text collate "C" not null,
  hears text not null check (hears in ('every', 'unusual', 'serious')),
  primary key (person, contact)
);
insert into alert_choices select person, '', 'serious' from alert_choices_of_old where is_off;
insert into alert_choices select c.person_id, c.id, 'serious'
  from contacts c join alert_choices_of_old o on o.person = c.person_id and o.is_off;
drop table alert_choices_of_old;
create index alert_choices_every on alert_choices (person) where hears = 'every';

-- Codes of messages that were asked about with an address to which they were not sent: digests, for some days.
create table message_checks (
  code_mark text collate "C" not null,
  address_mark text collate "C" not null,
  -- Of the code, if it is one of ours.
  message text collate "C" references messages on delete cascade,
  checked_at timestamptz not null,
  primary key (code_mark, address_mark)
);
create index message_checks_by_time on message_checks (checked_at);
create index message_checks_of_message on message_checks (message) where message is not null;
-- How often one network asked in one hour.
create table message_check_networks (
  network text collate "C" primary key,
  hour timestamptz not null,
  tries integer not null
);
