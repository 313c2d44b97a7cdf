-- Messages about a person's own means, besides those about connections: many about one means, each of one fact.
alter table messages drop constraint messages_kind_check;
alter table messages add constraint messages_kind_check check (
  kind in ('connection.unusual', 'connection.suspicious')
  or kind in (
    'means.activated', 'means.suspended', 'means.resumed', 'means.revoked', 'means.renewed', 'means.expires_soon',
    'means.expired', 'means.password_set', 'means.recovery_code_used', 'means.locked', 'means.unlocked',
    'means.counter_regressed'
  )
);
alter table messages drop constraint messages_about_kind_key;
create unique index messages_of_connection on messages (about, kind) where kind like 'connection.%';
