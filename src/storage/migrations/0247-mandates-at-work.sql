-- Under what the services of a session were opened: the organisation, and the ids of what made that possible (a mandate, a
-- representation, a firm and a membership). Only grows while the session lives: each opening says under what it stands now.
alter table sessions add column acting text[];
create index sessions_acting on sessions using gin (acting) where ended_at is null and acting is not null;

-- Of a security event about a mandate: which. What it says is put together when it leaves.
alter table signal_sets add column mandate text collate "C";
create unique index signal_sets_mandate on signal_sets (stream, place, mandate, kind) where mandate is not null;
