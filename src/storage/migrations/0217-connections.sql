-- The level that the service was given, and two times in milliseconds: from its request to the answer, and from leaving
-- for the provider to coming back. Absent where nobody signed in anew, and in rows that are older than these columns.
alter table connections add column acr text check (acr in ('eidas1', 'eidas2', 'eidas3'));
alter table connections add column took int;
alter table connections add column away int;
