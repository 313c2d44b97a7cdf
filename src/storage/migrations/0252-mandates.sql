-- What the verbs keep so, kept by the database too. A delegation, a renewal and what takes the place of a mandate are of its
-- own principal; what was delegated is not delegated again; the holder signs once; five years by the calendar at most (two
-- leap days and a change of offset); and in a firm nobody is assigned by the id of another firm.
alter table mandates
  drop constraint mandates_parent_fkey,
  drop constraint mandates_renews_fkey,
  drop constraint mandates_replaced_by_fkey,
  add constraint mandates_of_principal unique (id, principal);
alter table mandates
  add constraint mandates_parent_fkey foreign key (parent, principal) references mandates (id, principal),
  add constraint mandates_renews_fkey foreign key (renews, principal) references mandates (id, principal),
  add constraint mandates_replaced_by_fkey foreign key (replaced_by, principal) references mandates (id, principal),
  add constraint mandates_delegated_once check (parent is null or not delegable),
  add constraint mandates_five_years check (until_at - from_at <= interval '1828 days');
-- To delete one whose time is over, without looking through all.
create index mandates_replaced_by on mandates (replaced_by) where replaced_by is not null;
create unique index mandate_signatures_mandatary on mandate_signatures (mandate) where side = 'mandatary';

alter table firm_members add constraint firm_members_of_firm unique (membership, firm);
alter table firm_portfolios add constraint firm_portfolios_of_firm unique (portfolio, firm);
alter table firm_portfolio_clients
  drop constraint firm_portfolio_clients_portfolio_fkey,
  add constraint firm_portfolio_clients_portfolio_fkey foreign key (portfolio, firm) references firm_portfolios (portfolio, firm);
alter table firm_assignments
  drop constraint firm_assignments_membership_fkey,
  drop constraint firm_assignments_portfolio_fkey,
  add constraint firm_assignments_membership_fkey foreign key (membership, firm) references firm_members (membership, firm),
  add constraint firm_assignments_portfolio_fkey foreign key (portfolio, firm) references firm_portfolios (portfolio, firm);
