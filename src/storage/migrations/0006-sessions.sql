-- Browser sessions. `services` maps each service that the session has opened to `{"sid", "scopes"}`: the `sid` that this
-- service knows and the scopes that it was given. It is a column and not a table: a use of a session is then one update
-- of one row, which the row's lock orders.
--
-- No index covers what a use changes (`last_seen_at`, `services`), so that a use stays inside its page (a HOT update);
-- the room left in each page is for that.
create table sessions (
  id text collate "C" primary key,
  -- SHA-256 of the cookie's value, base64url.
  secret_hash text collate "C" not null unique,
  person text collate "C" not null,
  link text collate "C" not null,
  provider text collate "C" not null,
  level text not null check (level in ('eidas1', 'eidas2', 'eidas3')),
  serves text not null check (serves in ('eidas1', 'eidas2', 'eidas3')),
  amr text[] not null,
  auth_time timestamptz not null,
  device text collate "C",
  -- Sealed.
  upstream_id_token bytea,
  services jsonb not null,
  started_at timestamptz not null,
  last_seen_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('logout', 'replaced', 'revoked', 'expired')),
  check ((ended_at is null) = (end_reason is null))
) with (fillfactor = 80);
create index sessions_of_person on sessions (person) where ended_at is null;
-- What a sweep reads: sessions younger than the idle time cannot be over, and the others end soon.
create index sessions_live on sessions (started_at) where ended_at is null;
create index sessions_ended on sessions (ended_at) where ended_at is not null;

-- Known devices. `marks` maps a keyed digest of a person, made for this device only, to the instant (milliseconds) at
-- which that person was last seen there; at most three.
create table devices (
  id text collate "C" primary key,
  marks jsonb not null,
  -- A day, not an instant: the index then changes once a day and not at each login.
  last_seen_on date not null
) with (fillfactor = 80);
create index devices_last_seen on devices (last_seen_on);
