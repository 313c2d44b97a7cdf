-- Phones that people paired with the hub by their card, and what they approved there.
create table eid_phones (
  id text collate "C" primary key,
  person_id text collate "C" not null,
  -- The account at the provider of kind eid_app that the card is: the phone goes where it goes.
  link_id text collate "C" not null,
  provider text not null,
  platform text not null check (platform in ('android', 'ios', 'demo')),
  security_level text not null check (security_level in ('software', 'tee', 'strongbox', 'secure_enclave')),
  -- The device key as a JWK, public.
  key jsonb not null,
  -- RFC 7638, of that key.
  thumbprint text collate "C" not null unique,
  -- Keyed digests: of the installation of the app, and of the card.
  installation text collate "C" not null,
  card text collate "C" not null,
  -- Model and the holder's own word for it. Sealed.
  label bytea not null,
  -- Who the card said the holder is, and the card's certificate. Sealed. Wiped when the phone is over.
  holder bytea,
  -- What later statements of the phone's system are compared with (App Attest).
  attested jsonb,
  paired_at timestamptz not null,
  renewed_at timestamptz,
  last_used_at timestamptz,
  expires_at timestamptz not null,
  state text not null check (state in ('active', 'revoked', 'expired')),
  ended_at timestamptz,
  revoked_for text,
  -- Days before the expiry at which a reminder was written last.
  reminded smallint,
  check ((ended_at is null) = (state = 'active')),
  check ((revoked_for is null) = (state <> 'revoked')),
  check ((holder is null) = (state <> 'active'))
);
create index eid_phones_person on eid_phones (person_id, paired_at);
create index eid_phones_installation on eid_phones (installation) where state = 'active';
create index eid_phones_expiry on eid_phones (expires_at) where state = 'active';
create index eid_phones_ended on eid_phones (ended_at) where state <> 'active';

-- What the app lists: sign-ins that were approved or declined on a phone. Sealed: the service and the country.
create table eid_approvals (
  id text collate "C" primary key,
  phone_id text collate "C" not null references eid_phones (id) on delete cascade,
  person_id text collate "C" not null,
  outcome text not null check (outcome in ('approved', 'declined')),
  about bytea not null,
  at timestamptz not null
);
create index eid_approvals_phone on eid_approvals (phone_id, at desc);
create index eid_approvals_at on eid_approvals (at);

-- How often something was done within a time, by keyed digest of who did it.
create table eid_limits (
  key text collate "C" primary key,
  count integer not null,
  until timestamptz not null
);
create index eid_limits_until on eid_limits (until);

-- A person hears what happens to their phones, of a sign-in that they said is not theirs or that was tried from
-- elsewhere, of journeys that were declared, and of a device or a card that several use.
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
    'code.sign_in', 'code.check', 'code.proof', 'code.contact', 'code.reset', 'code.answer', 'code.report'
  )
);
