-- A page of history is chosen in its index: the lines of one person lie all over the ledger, and a condition that few of
-- them meet, or a count, would else read every one of them there. `state` is not in it, so that a completion leaves it alone.
drop index connections_of_person;
create index connections_of_person on connections (person, id) include (service, provider, refusal, unusual)
  where person is not null;
