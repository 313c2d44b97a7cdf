-- A program of a partner acts for exactly one of its services or providers; one of the hub for none.
alter table api_clients
  add column party_side text check (party_side in ('service', 'provider')),
  add column party_object text collate "C",
  -- Whose it was when the program was registered: what is another's today opens nothing.
  add column party_partner text collate "C",
  add constraint api_clients_party check (num_nonnulls(party_side, party_object, party_partner) in (0, 3));
create index api_clients_partner on api_clients (party_partner) where removed_at is null and party_partner is not null;
