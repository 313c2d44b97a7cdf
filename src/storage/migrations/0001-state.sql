-- Short-lived state: logins in progress, what the engine keeps, one-time values. Unlogged: after a crash of the database
-- server it is empty, which ends logins in progress and costs their people one more click; nothing that lasts is here,
-- and a value that is gone cannot be used a second time.
-- Every row is soon dead: room is left in each page for its updates, and vacuum comes early.
create unlogged table state (
  id text primary key,
  group_id text,
  value bytea not null,
  expires_at timestamptz not null,
  consumed_at timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index state_group on state (group_id) where group_id is not null;
create index state_expiry on state (expires_at);
