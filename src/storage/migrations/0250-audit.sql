-- What happened to one mandate: its evidence file has each fact about it.
create index facts_mandate on facts (((data ->> 'mandate') collate "C"), sequence)
  where ((data ->> 'mandate') collate "C") is not null;
