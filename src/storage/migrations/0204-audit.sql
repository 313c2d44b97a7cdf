-- What an operator did, and what was done by one: few facts, found by whoever answers for the hub. The facts of a login
-- name neither, so it pays nothing.
create index facts_operator on facts (((data ->> 'operator') collate "C"), sequence)
  where ((data ->> 'operator') collate "C") is not null;
create index facts_actor on facts (((data #>> '{actor,id}') collate "C"), sequence)
  where ((data #>> '{actor,id}') collate "C") is not null;
