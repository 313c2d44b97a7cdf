-- Those who work for partners are people of the same kind as operators.
alter table people drop constraint people_kind_check;
update people set kind = 'staff' where kind = 'operator';
alter table people add constraint people_kind_check check (kind in ('pivot', 'professional', 'staff'));
