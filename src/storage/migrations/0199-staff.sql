-- Operators of the hub and the staff of partners come in by the same door, in tables of their own kind.
create table staff_accounts (
  id text collate "C" primary key,
  kind text not null check (kind in ('operator', 'partner')),
  person text collate "C" not null unique,
  -- Whom they work for; an operator works for the hub.
  partner text,
  state text not null check (state in ('invited', 'active', 'suspended', 'removed')),
  -- Sealed with the person's own key, as is the address.
  name bytea not null,
  mail bytea,
  -- In which they are written to.
  language text check (language in ('fr', 'en', 'ar')),
  roles text[] not null check (cardinality(roles) > 0),
  -- The enrolment of the first invitation: under it passkeys are made.
  enrolment text collate "C" not null,
  invited_at timestamptz not null,
  changed_at timestamptz not null,
  -- From then on the person is erased, and nothing tells who it was.
  erased_at timestamptz,
  last_sign_in_at timestamptz,
  check ((kind = 'partner') = (partner is not null))
);
create index staff_accounts_of on staff_accounts (partner) where partner is not null;

-- Links that were given out. Only the newest one of an account serves.
create table staff_invitations (
  token_hash text collate "C" primary key,
  account text collate "C" not null references staff_accounts,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index staff_invitations_of on staff_invitations (account);

create table staff_sessions (
  id text collate "C" primary key,
  -- SHA-256 of the cookie's value, base64url.
  secret_hash text collate "C" not null unique,
  account text collate "C" not null references staff_accounts,
  -- The passkey that opened it: its end is the session's.
  means text collate "C" not null,
  -- The sign-in before this one, for its owner to recognise.
  previous_sign_in_at timestamptz,
  started_at timestamptz not null,
  last_seen_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('signed_out', 'replaced', 'suspended', 'removed', 'revoked', 'expired')),
  check ((ended_at is null) = (end_reason is null))
);
create index staff_sessions_live on staff_sessions (account) where ended_at is null;
create index staff_sessions_ended on staff_sessions (ended_at) where ended_at is not null;

insert into staff_accounts
    (id, kind, person, state, name, roles, enrolment, invited_at, changed_at, erased_at, last_sign_in_at)
  select id, 'operator', person, state, name, roles, enrolment, invited_at, changed_at, erased_at, last_sign_in_at
  from operators;
insert into staff_invitations select token_hash, operator, created_at, expires_at, used_at from operator_invitations;
insert into staff_sessions
    (id, secret_hash, account, means, previous_sign_in_at, started_at, last_seen_at, ended_at, end_reason)
  select id, secret_hash, operator, means, previous_sign_in_at, started_at, last_seen_at, ended_at, end_reason
  from operator_sessions;
drop table operator_sessions;
drop table operator_invitations;
drop table operators;
