-- Mandates: the right of a firm or a person to act for an organisation, signed by both sides. A delegation is a mandate of
-- its own for the same organisation, with the mandate that it is drawn from as its parent. Organisations are of the
-- register (0242), signatures of their room (0245); the ids are what joins them.
create table mandates (
  id text collate "C" primary key,
  -- The organisation for which one acts.
  principal text collate "C" not null,
  -- Its name as lists are sorted and searched by: a copy of that of the register, brought up to date every night.
  principal_name text collate "C" not null default '',
  mandatary_organisation text collate "C",
  mandatary_person text collate "C",
  parent text collate "C" references mandates (id),
  -- In whose place it comes, when it begins.
  renews text collate "C" references mandates (id),
  drawn_up_by text not null check (drawn_up_by in ('principal', 'mandatary')),
  drafted_by text collate "C" not null,
  drafted_at timestamptz not null,
  state text not null check (state in ('draft', 'proposed', 'active', 'suspended', 'ended')),
  -- One instant for each reason that suspends it now.
  suspended_by_principal_at timestamptz,
  suspended_by_operator_at timestamptz,
  to_confirm_at timestamptz,
  ended_at timestamptz,
  ended_for text check (ended_for in ('refused', 'unanswered', 'withdrawn', 'revoked', 'renounced', 'term', 'authority_lost',
    'fraud', 'superseded')),
  -- Where the other side said why it does not accept.
  refused_because text check (refused_because in ('rights', 'dates', 'not_expected', 'other')),
  from_at timestamptz not null,
  until_at timestamptz not null,
  delegable boolean not null,
  -- The rows of mandate_rights by service, as a use reads them: one row of one table answers it.
  -- {"declarations": [{"action": "read", "minimumLevel": "eidas2", "until": 1795478400000}]}
  scope jsonb not null default '{}',
  -- Rises with each change of what is written above and in the scope: who changes says which one they saw.
  version integer not null,
  -- Of the text that is signed, and the names that stand in it, as they were when it was proposed. None is a person's.
  text_version text not null,
  named jsonb,
  -- How who signed for the principal represents it, and by what: as it was then. Of a delegation nobody does.
  representation text collate "C",
  representation_role text,
  representation_source text,
  representation_checked_at timestamptz,
  proposed_at timestamptz,
  answer_by timestamptz,
  active_at timestamptz,
  -- The mandate that takes its place, and from when on: it gives no right any more then, whatever its own end says.
  replaced_by text collate "C" references mandates (id),
  replaced_at timestamptz,
  -- Days before the end at which both sides were told last.
  warned smallint,
  check ((mandatary_organisation is null) <> (mandatary_person is null)),
  check (from_at < until_at),
  check ((replaced_by is null) = (replaced_at is null)),
  check ((state = 'ended') = (ended_at is not null) and (ended_at is null) = (ended_for is null)),
  check ((state = 'suspended') = (coalesce(suspended_by_principal_at, suspended_by_operator_at, to_confirm_at) is not null)),
  check (state not in ('active', 'suspended') or active_at is not null),
  check (state <> 'proposed' or (proposed_at is not null and answer_by is not null))
);
-- May this person, this firm, act for that organisation? The way in of every use.
create index mandates_person on mandates (mandatary_person, principal) where mandatary_person is not null;
create index mandates_firm on mandates (mandatary_organisation, principal) where mandatary_organisation is not null;
create index mandates_principal on mandates (principal, id);
create index mandates_parent on mandates (parent) where parent is not null;
create index mandates_renews on mandates (renews) where renews is not null;
create index mandates_until on mandates (least(until_at, replaced_at)) where state in ('active', 'suspended');
create index mandates_answer on mandates (answer_by) where state = 'proposed';
create index mandates_drafted_by on mandates (drafted_by) where state in ('draft', 'proposed');
create index mandates_draft on mandates (drafted_at) where state = 'draft';
create index mandates_representation on mandates (representation) where state in ('active', 'suspended');
create index mandates_to_confirm on mandates (to_confirm_at) where to_confirm_at is not null;
create index mandates_ended on mandates (ended_at) where state = 'ended';

create table mandate_rights (
  mandate text collate "C" not null references mandates (id) on delete cascade,
  service text collate "C" not null,
  action text not null check (action in ('read', 'prepare', 'submit', 'pay', 'manage_mandates')),
  until_at timestamptz,
  minimum_level text not null check (minimum_level in ('eidas1', 'eidas2', 'eidas3')),
  primary key (mandate, service, action)
);

-- Which signatures it stands on. The principal has signed again where somebody else confirmed it.
create table mandate_signatures (
  mandate text collate "C" not null references mandates (id) on delete cascade,
  number smallint not null,
  side text not null check (side in ('principal', 'mandatary')),
  signature text collate "C" not null unique,
  person text collate "C" not null,
  level text not null check (level in ('eidas1', 'eidas2', 'eidas3')),
  representation text collate "C",
  at timestamptz not null,
  primary key (mandate, number)
);
create index mandate_signatures_person on mandate_signatures (person);

-- Every use, for the organisation to see: by whom, as what, where. Refused ones too, where a mandate was named. Addresses
-- stay with the connection.
create table mandate_uses (
  id text collate "C" primary key,
  organisation text collate "C" not null,
  -- None: by somebody who represents it.
  mandate text collate "C" references mandates (id) on delete cascade,
  -- Of the employee, in which firm.
  membership text collate "C",
  firm text collate "C",
  person text collate "C" not null,
  service text collate "C" not null,
  actions text[] not null,
  kind text not null check (kind in ('login', 'token')),
  connection text collate "C",
  country text,
  refused text,
  -- Why it stands out, if it does.
  unusual text[] not null default '{}',
  at timestamptz not null
);
create index mandate_uses_organisation on mandate_uses (organisation, id);
create index mandate_uses_mandate on mandate_uses (mandate, id) where mandate is not null;
create index mandate_uses_person on mandate_uses (person, id);
create index mandate_uses_unusual on mandate_uses (organisation, id) where unusual <> '{}';
create index mandate_uses_refused on mandate_uses (at) where refused is not null;
create index mandate_uses_representative on mandate_uses (at) where mandate is null;
