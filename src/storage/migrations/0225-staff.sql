-- Whose roles change is signed out: what they may do is settled when they come in again.
alter table staff_sessions drop constraint staff_sessions_end_reason_check;
alter table staff_sessions add constraint staff_sessions_end_reason_check check
  (end_reason in ('signed_out', 'replaced', 'suspended', 'removed', 'revoked', 'expired', 'roles_changed'));
