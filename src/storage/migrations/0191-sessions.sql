-- A suspension of a provider ends the sessions that came through it, or closes them for some services. What was closed
-- stays readable by its `sid` for those who tell the service.
alter table sessions drop constraint sessions_end_reason_check;
alter table sessions add constraint sessions_end_reason_check
  check (end_reason in ('logout', 'replaced', 'revoked', 'expired', 'withdrawn'));
alter table sessions add column closed jsonb;
