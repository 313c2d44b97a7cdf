-- For services that only know passwords (R069): of each, one secret per person, sealed with the person's key.
create table service_secrets (
  service text collate "C" not null,
  person text collate "C" not null,
  sealed bytea not null,
  made_at timestamptz not null,
  primary key (service, person)
);
create index service_secrets_of_person on service_secrets (person);

-- How many were handed over to a service in its present minute.
create table handovers (
  service text collate "C" primary key,
  minute timestamptz not null,
  count int not null
) with (fillfactor = 50);
