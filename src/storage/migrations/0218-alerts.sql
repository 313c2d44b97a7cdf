-- What is worth a second look in the published services, and since when: a partner is written to when it becomes so.
create table service_warnings (
  service text collate "C" not null,
  code text collate "C" not null,
  since timestamptz not null,
  primary key (service, code)
);
-- R056: who hears of sign-ins only where more than the device was out of the ordinary. Without a row: of all.
create table alert_choices (
  person text collate "C" primary key,
  is_off boolean not null
);
-- A person hears that this was changed.
alter table messages drop constraint messages_kind_check;
alter table messages add constraint messages_kind_check check (
  kind in ('connection.unusual', 'connection.suspicious')
  or kind in (
    'means.activated', 'means.suspended', 'means.resumed', 'means.revoked', 'means.renewed', 'means.expires_soon',
    'means.expired', 'means.password_set', 'means.recovery_code_used', 'means.locked', 'means.unlocked',
    'means.counter_regressed', 'means.activation_given'
  )
  or kind in ('contact.verified', 'contact.removed', 'alerts.turned_off', 'alerts.turned_on')
);
