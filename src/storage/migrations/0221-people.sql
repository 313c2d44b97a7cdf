-- What stops the use of an identity. On the row of the person: every sign-in reads it with the account, in the statement
-- that it makes anyway, and waits by the lock of the row for whoever changes it.
alter table people add column frozen_at timestamptz;
alter table people add column frozen_by text check (frozen_by in ('person', 'operators'));
alter table people add constraint people_frozen check ((frozen_at is null) = (frozen_by is null));
-- Providers whose accounts the person believes to be in other hands.
alter table people add column suspected text[] not null default '{}';
-- A thaw that was asked for: since `thaws_at` the identity is not frozen any more, whether or not anybody wrote so.
alter table people add column thaw_asked_at timestamptz;
alter table people add column thaws_at timestamptz;
alter table people add column thaw_provider text;
alter table people add constraint people_thaw check (
  (thaws_at is null) = (thaw_asked_at is null) and (thaws_at is null) = (thaw_provider is null)
  and (thaws_at is null or frozen_at is not null));
-- Providers that the person left out: when, in milliseconds since 1970.
alter table people add column blocked jsonb not null default '{}';
-- Since when every provider is left out at which the person had no account, and those at which they had; null: they
-- are not.
alter table people add column future_blocked_at timestamptz;
alter table people add column known_providers text[];
alter table people add constraint people_future check ((future_blocked_at is null) = (known_providers is null));
-- A session that began while the person was frozen: for the hub's own pages, and for no service, also after a thaw.
alter table sessions add column confined boolean not null default false;
