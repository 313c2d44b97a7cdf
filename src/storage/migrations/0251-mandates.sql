-- Representatives of organisations whom the hub has met: whom a letter about the mandates of that organisation goes to, as
-- long as they represent it. The register names many who never came here; nobody looks those up.
create table known_representatives (
  organisation text collate "C" not null,
  person text collate "C" not null,
  seen_at timestamptz not null,
  primary key (organisation, person)
);
create index known_representatives_person on known_representatives (person);
create index known_representatives_seen on known_representatives (seen_at);
