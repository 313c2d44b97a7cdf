-- What tells later whose a means is, when a review finds that one person was two: the account by which the identity was
-- proved, and the one in whose session a means was added.
alter table enrolments add column link text collate "C";
alter table means add column via_link text collate "C";
-- When somebody put another secret in place of the first one.
alter table means add column changed_at timestamptz;
