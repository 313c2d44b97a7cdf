-- How a version came to be, by whose hand, and of which one it is an undo.
alter table partner_versions
  add column cause text not null default 'file' check (cause in ('file', 'draft', 'undo', 'secret', 'grant')),
  add column hand text not null default 'operators' check (hand in ('operators', 'partner')),
  add column undo_of int;
alter table partner_versions alter column cause drop default, alter column hand drop default;
-- A draft is kept apart, as it was typed.
alter table partner_versions drop constraint partner_versions_state_check;
alter table partner_versions add constraint partner_versions_state_check check (state in ('published', 'archived'));
-- Whose services were ever in a sector.
create index partner_versions_sector on partner_versions ((settings ->> 'sector'), published_at desc)
  where kind = 'service';

-- Never the same twice, also of a draft that was discarded and begun anew.
create sequence partner_draft_edits as int;

create table partner_drafts (
  kind text not null check (kind in ('partner', 'service', 'provider')),
  subject text collate "C" not null,
  partner text collate "C" not null,
  entry jsonb not null,
  -- Number of the version that it began from.
  base int,
  edit int not null,
  -- The client secret that was given with it, sealed to the subject.
  sealed bytea,
  -- Hashes of the secrets that were made for a service that has none in force, with their ends.
  secrets jsonb not null default '[]',
  opened_by jsonb not null,
  opened_at timestamptz not null,
  saved_by jsonb not null,
  saved_at timestamptz not null,
  primary key (kind, subject)
);
create index partner_drafts_of on partner_drafts (partner);

-- What a service asked to be told of people, other than that they are there, and what operators answered.
create table service_scopes (
  service text collate "C" not null,
  scope text not null,
  partner text collate "C" not null,
  state text not null check (state in ('asked', 'granted', 'refused')),
  justification text,
  asked_by jsonb not null,
  asked_at timestamptz not null,
  decided_by jsonb,
  decided_at timestamptz,
  reason text,
  primary key (service, scope),
  check ((state = 'asked') = (decided_at is null)),
  check ((decided_at is null) = (decided_by is null)),
  check ((state = 'refused') = (reason is not null))
);
create index service_scopes_asked on service_scopes (asked_at) where state = 'asked';
create index service_scopes_of on service_scopes (partner);

insert into service_scopes (service, scope, partner, state, asked_by, asked_at, decided_by, decided_at)
select v.subject, s.scope, v.settings ->> 'partner', 'granted', v.author, v.published_at, v.author, v.published_at
from partner_versions v cross join lateral jsonb_array_elements_text(v.settings -> 'scopes') as s (scope)
where v.kind = 'service' and v.state = 'published' and s.scope <> 'openid';
