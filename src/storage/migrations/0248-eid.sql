-- What the phone's system said of the device key at the pairing, with the challenge that it answered: a signature by that
-- key is worth no more than this, so it goes with each one. Sealed. Wiped when the phone is over.
alter table eid_phones add column attestation bytea;
alter table eid_phones add check (attestation is null or state = 'active');
