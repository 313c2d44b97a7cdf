-- What a person calls a device on which they are known, sealed with their key. It goes when the device is forgotten by
-- the hub, or by them.
create table device_names (
  person text collate "C" not null,
  device text collate "C" not null references devices (id) on delete cascade,
  name bytea not null,
  primary key (person, device)
);
create index device_names_of_device on device_names (device);
