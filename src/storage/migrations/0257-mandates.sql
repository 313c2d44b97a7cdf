-- By which a representative in the register is found among the people of the hub: a keyed digest of the family name and the
-- birth date that the person proved, the same that the register's entries have. Several people may share one; whether
-- somebody represents an organisation is asked of the register, by the identity.
create table person_traces (
  person text collate "C" primary key,
  trace text collate "C" not null
);
create index person_traces_trace on person_traces (trace);
