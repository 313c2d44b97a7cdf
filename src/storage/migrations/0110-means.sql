-- What the hub authenticates itself. Whatever a person knows, has or wrote rests sealed with the key of that person
-- (`people`), so that erasing the person makes it unreadable; identifiers and codes are found by keyed digests.

-- How a person proved who they are, when, and before whom. Never changed.
create table enrolments (
  id text collate "C" primary key,
  person_id text collate "C" not null,
  proof text not null check (proof in ('provider', 'document', 'health_mailbox', 'invitation')),
  -- Id of the provider, or how the person was seen beside the document.
  detail text,
  agent jsonb not null,
  -- Where the agent keeps the evidence. Sealed.
  evidence bytea,
  level text not null check (level in ('eidas1', 'eidas2', 'eidas3')),
  at timestamptz not null
);
create index enrolments_person on enrolments (person_id, at);

-- By what somebody says who they are before proving it: one person at most has each.
create table identifiers (
  digest text collate "C" primary key,
  person_id text collate "C" not null,
  kind text not null check (kind in ('login_name', 'email', 'rpps', 'private')),
  sealed bytea not null,
  added_at timestamptz not null
);
create index identifiers_person on identifiers (person_id);

create table means (
  id text collate "C" primary key,
  person_id text collate "C" not null,
  kind text not null check (kind in ('password', 'totp', 'recovery_codes', 'passkey', 'sms_code', 'mail_code')),
  state text not null check (state in ('pending', 'active', 'suspended', 'revoked', 'expired')),
  suspended_by text check (suspended_by in ('holder', 'manager')),
  enrolment_id text collate "C" not null references enrolments (id),
  -- The holder's own word for it. Sealed.
  label bytea not null,
  -- Sealed: argon2id string of a password, base32 seed of a TOTP, phone number. Absent for the other kinds.
  secret bytea,
  -- Passkeys: id and public key (COSE) as the authenticator gave them.
  credential_id text collate "C" unique,
  public_key bytea,
  -- Passkeys: the signature counter. TOTP: the last time step that was used. It only grows.
  counter bigint not null default 0,
  -- Passkeys: model, attestation format, transports. Mailboxes: the contact. Closed words and identifiers only.
  details jsonb not null default '{}',
  created_at timestamptz not null,
  activated_at timestamptz,
  last_used_at timestamptz,
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- Days before the expiry at which a reminder was written last.
  reminded smallint,
  check ((suspended_by is null) = (state <> 'suspended')),
  check ((ended_at is null) = (state not in ('revoked', 'expired'))),
  check ((kind = 'passkey') = (credential_id is not null and public_key is not null)),
  check ((kind in ('password', 'totp', 'sms_code')) = (secret is not null))
);
create index means_person on means (person_id, created_at);
create index means_expiry on means (expires_at) where state not in ('revoked', 'expired');
-- Of these a person has one at a time.
create unique index means_single on means (person_id, kind)
  where kind in ('password', 'recovery_codes') and state not in ('revoked', 'expired');

-- Keyed digests. A row is one code, good once.
create table recovery_codes (
  means_id text collate "C" not null references means (id) on delete cascade,
  code_hash text collate "C" not null,
  used_at timestamptz,
  primary key (means_id, code_hash)
);

-- Codes sent by SMS or mail: one at a time for each audience (a means, or the digest of an identifier).
create table one_time_codes (
  audience text collate "C" primary key,
  -- Keyed digest of the code and of what it is bound to. Absent once it was given back.
  code_hash text collate "C",
  tries smallint not null default 0,
  expires_at timestamptz not null,
  -- When codes were sent to this audience, of late.
  sent_at timestamptz[] not null
);
create index one_time_codes_expiry on one_time_codes (expires_at);

-- Failures by key: the digest of an identifier, known or not, or a person's second factor. Nothing here tells who.
create table sign_in_failures (
  key text collate "C" primary key,
  -- Of the last 24 hours, oldest first. A try under way counts as one until it proves right.
  failures timestamptz[] not null default '{}',
  -- Since the last success, or since it was forgiven.
  consecutive int not null default 0,
  last_at timestamptz not null
);
create index sign_in_failures_last on sign_in_failures (last_at);
