-- A person hears how a case about their identity goes on, and whoever reported one signed out that it arrived.
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
  or kind in (
    'case.opened', 'case.qualified', 'case.notified', 'case.concluded', 'case.revised', 'case.closed'
  )
  or kind in (
    'code.sign_in', 'code.check', 'code.proof', 'code.contact', 'code.reset', 'code.answer', 'code.report'
  )
);
-- What was told about a case.
create index messages_of_case on messages (about) where kind like 'case.%';
