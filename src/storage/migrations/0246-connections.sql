-- Acting for an organisation (R096): a line says for which one, and by which mandate where it was not as its legal
-- representative.
alter table connections
  add column organisation text,
  add column mandate text,
  add constraint connections_mandate_of_organisation check (mandate is null or organisation is not null);

-- For whom somebody last acted at a service. Most lines are of nobody but the person, and are not in it.
create index connections_acting on connections (person, service, id) include (organisation)
  where organisation is not null;
