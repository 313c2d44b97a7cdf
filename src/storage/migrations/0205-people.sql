-- Names of the members in which the identity of the account that waits is another one than the person's, for whoever
-- reviews; never what they hold. Null: not compared.
alter table collisions add column differing text[];
