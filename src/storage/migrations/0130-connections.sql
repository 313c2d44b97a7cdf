-- The account that the person came by, so that a review moves with it exactly what was done through it. Absent in rows
-- that are older than this column, and where a refusal came before an account was attached to anybody.
alter table connections add column link text collate "C";
