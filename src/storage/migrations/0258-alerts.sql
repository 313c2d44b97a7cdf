-- Whoever represents an organisation hears that another representative signed a mandate in its name.
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
  or kind in ('phone.paired', 'phone.renewed', 'phone.revoked', 'phone.expires_soon', 'phone.expired')
  or kind in ('eid.declined', 'eid.mismatch')
  or kind in ('trip.declared', 'trip.withdrawn', 'device.shared', 'card.shared')
  or kind in (
    'mandate.proposed', 'mandate.given', 'mandate.accepted', 'mandate.renewed', 'mandate.refused', 'mandate.unanswered',
    'mandate.ending', 'mandate.suspended', 'mandate.resumed', 'mandate.to_confirm', 'mandate.confirmed', 'mandate.ended',
    'mandate.unusual'
  )
  or kind in (
    'firm.opened', 'firm.member_waiting', 'firm.member_joined', 'firm.member_left', 'firm.role_changed'
  )
  or kind in (
    'code.sign_in', 'code.check', 'code.proof', 'code.contact', 'code.reset', 'code.answer', 'code.report'
  )
);
