-- Operators of the hub are people of a kind of their own: no identity, no account at a provider, never matched with
-- anybody. Their own key seals what the hub keeps of them, like everybody's.
alter table people drop constraint people_kind_check;
alter table people add constraint people_kind_check check (kind in ('pivot', 'professional', 'operator'));
