-- A row without a class takes back the declaration before it: nothing is declared of the entry from then on.
alter table means_declarations alter column class drop not null;
alter table means_declarations add constraint means_declarations_withdrawn check (
  class is not null
  or (cardinality(factors) = 0 and certificate is null and certificate_until is null and valid_until is null)
);
