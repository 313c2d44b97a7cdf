-- Where each person was seen on a device: `places` has the digests of `marks`, each with the countries of its sign-ins and
-- when they were last seen. A device that was used where a service is open stands for its way there (R082).
alter table devices add column places jsonb not null default '{}';

-- Stays abroad that people declared. Where and from when is sealed: a copied table must not be a list of empty houses.
create table trips (
  id text collate "C" primary key,
  person text collate "C" not null,
  sealed bytea not null,
  -- The last day, which tells when it is over and when it is forgotten.
  until_day date not null,
  declared_at timestamptz not null,
  effective_at timestamptz not null,
  withdrawn_at timestamptz
);
create index trips_of_person on trips (person, until_day);
create index trips_over on trips (until_day);
