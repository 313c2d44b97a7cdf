-- Until when its end was last spoken of: each reminder before it is written once.
alter table homologations add column reminded_at timestamptz;
