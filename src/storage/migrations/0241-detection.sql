-- Sign-ins for organisations, by card or by the e-ID app: what was seen with whom, for as long as it may be told (R088).
-- `thing`: a browser's device, the installation of an app, a card. `seen_with`: a person, or for a card a device.
create table sharing_sightings (
  kind text not null check (kind in ('device', 'phone', 'card')),
  thing text collate "C" not null,
  seen_with text collate "C" not null,
  person text collate "C" not null,
  last_seen_at timestamptz not null,
  told_at timestamptz,
  primary key (kind, thing, seen_with)
);
create index sharing_sightings_of_person on sharing_sightings (person);
create index sharing_sightings_seen on sharing_sightings (last_seen_at);
