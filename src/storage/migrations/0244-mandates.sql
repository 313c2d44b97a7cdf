-- The firm: who works in an organisation that holds mandates, in groups of which clients, and what each may do there. A
-- client is an organisation that gave the firm a mandate; here it is named by itself (`principal`), not by the mandate, so
-- that a renewal finds the same people at work. What an employee may do is the intersection of an assignment and of the
-- mandates in force, at each use. Nothing here grows with employees × clients.

-- Organisations whose representative has opened them. The row is also what those wait for who change its members.
create table firms (
  organisation text collate "C" primary key,
  opened_at timestamptz not null
);

create table firm_members (
  membership text collate "C" primary key,
  firm text collate "C" not null references firms,
  person text collate "C" not null,
  role text not null check (role in ('administrator', 'manager', 'employee')),
  -- `waiting`: came by an invitation, an administrator has not yet said that it is whom they expected.
  state text not null check (state in ('waiting', 'active', 'ended')),
  -- The level of the sign-in that accepted.
  level text not null,
  -- By being a legal representative, and which.
  representation text collate "C",
  -- Who invited; null for a representative.
  invited_by text collate "C",
  accepted_at timestamptz not null,
  active_at timestamptz,
  ended_at timestamptz,
  end_reason text check (end_reason in ('left', 'removed', 'not_confirmed', 'erased', 'told_apart')),
  check ((state = 'ended') = (ended_at is not null) and (ended_at is null) = (end_reason is null))
);
create unique index firm_members_once on firm_members (firm, person) where state <> 'ended';
-- Where a person works: the way in of every question about an employee.
create index firm_members_person on firm_members (person) include (membership, firm, role) where state = 'active';
create index firm_members_ended on firm_members (ended_at) where ended_at is not null;

create table firm_invitations (
  id text collate "C" primary key,
  -- SHA-256 of the link's secret, base64url.
  token_hash text collate "C" not null unique,
  firm text collate "C" not null references firms,
  role text not null check (role in ('administrator', 'manager', 'employee')),
  -- The address it went to, sealed; null once it was used or is over.
  mail bytea,
  invited_by text collate "C" not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- Used by whom, or withdrawn.
  membership text collate "C",
  used_at timestamptz,
  withdrawn_at timestamptz
);
create index firm_invitations_of on firm_invitations (firm, created_at);
create index firm_invitations_over on firm_invitations (expires_at);

create table firm_portfolios (
  portfolio text collate "C" primary key,
  firm text collate "C" not null references firms,
  name text not null,
  created_at timestamptz not null,
  removed_at timestamptz
);
create unique index firm_portfolios_name on firm_portfolios (firm, lower(name)) where removed_at is null;

create table firm_portfolio_clients (
  portfolio text collate "C" not null references firm_portfolios,
  principal text collate "C" not null,
  firm text collate "C" not null,
  added_at timestamptz not null,
  added_by text collate "C" not null,
  removed_at timestamptz
);
create unique index firm_portfolio_clients_once on firm_portfolio_clients (portfolio, principal) where removed_at is null;
create index firm_portfolio_clients_of on firm_portfolio_clients (firm, principal) where removed_at is null;
create index firm_portfolio_clients_removed on firm_portfolio_clients (removed_at) where removed_at is not null;

-- One client or one portfolio, to one member. Never changed: other rights are another row, and what was once possible can
-- be shown for as long as the rows are kept.
create table firm_assignments (
  assignment text collate "C" primary key,
  firm text collate "C" not null,
  membership text collate "C" not null references firm_members,
  principal text collate "C",
  portfolio text collate "C" references firm_portfolios,
  -- By service, what may be done there: {"declarations": ["read", "prepare"]}.
  actions jsonb not null,
  minimum_level text check (minimum_level in ('eidas1', 'eidas2', 'eidas3')),
  -- The first instant at which it does not count any more.
  until_at timestamptz,
  given_by text collate "C" not null,
  given_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('unassigned', 'replaced', 'term', 'member_left', 'portfolio_removed', 'client_left')),
  check ((principal is null) <> (portfolio is null)),
  check ((ended_at is null) = (end_reason is null))
);
create unique index firm_assignments_client on firm_assignments (membership, principal)
  where ended_at is null and principal is not null;
create unique index firm_assignments_portfolio on firm_assignments (membership, portfolio)
  where ended_at is null and portfolio is not null;
create index firm_assignments_of_client on firm_assignments (firm, principal) where ended_at is null;
create index firm_assignments_of_portfolio on firm_assignments (portfolio) where ended_at is null and portfolio is not null;
create index firm_assignments_over on firm_assignments (until_at) where ended_at is null and until_at is not null;
create index firm_assignments_ended on firm_assignments (ended_at) where ended_at is not null;

-- Files of many lines: what was read of each is kept until it is applied or given up; then what became of it.
create table firm_imports (
  id text collate "C" primary key,
  firm text collate "C" not null references firms,
  kind text not null check (kind in ('mandates', 'assignments')),
  -- SHA-256 of the file, base64url: the same file is applied once.
  digest text collate "C" not null,
  checked_by text collate "C" not null,
  checked_at timestamptz not null,
  file text,
  applied_by text collate "C",
  applied_at timestamptz,
  -- What became of each line.
  outcome jsonb
);
create unique index firm_imports_once on firm_imports (firm, kind, digest) where applied_at is not null;
create index firm_imports_of on firm_imports (firm, checked_at);
create index firm_imports_kept on firm_imports (checked_at);
