-- By whose hand something was taken away: what a partner's staff withdrew, they bring back; what operators took away, operators do.
alter table partner_versions add column archived_hand text check (archived_hand in ('operators', 'partner'));
