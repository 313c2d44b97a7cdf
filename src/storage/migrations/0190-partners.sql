-- A provider is shown or hidden, and has any number of suspensions: planned, scoped, each with its author. The number
-- grows with each change, so that who acts on an older state is told.
alter table provider_states add column number int not null default 1;

update provider_states set state = case
  when state ->> 'kind' = 'suspended' then jsonb_build_object('kind', 'active', 'suspensions', jsonb_build_array(
    (state - 'kind') || jsonb_build_object('id', 'sus_' || md5(provider), 'provider', provider, 'services', 'all',
      'author', jsonb_build_object('kind', 'file'), 'sessions', 'kept',
      'changedAt', (extract(epoch from changed_at) * 1000)::bigint)))
  else jsonb_build_object('kind', state ->> 'kind', 'suspensions', '[]'::jsonb)
end;

-- Every suspension and hiding of a provider, for as long as the hub stands: who, when, and what it said.
create table provider_state_changes (
  provider text not null,
  number int not null,
  change text not null check (change in ('suspended', 'amended', 'lifted', 'hidden', 'shown')),
  suspension jsonb,
  author jsonb not null,
  changed_at timestamptz not null,
  primary key (provider, number),
  check ((suspension is null) = (change in ('hidden', 'shown')))
);

insert into provider_state_changes (provider, number, change, suspension, author, changed_at)
select provider, 1, case when state ->> 'kind' = 'hidden' then 'hidden'
    when state -> 'suspensions' -> 0 is null then 'shown' else 'suspended' end,
  state -> 'suspensions' -> 0, author, changed_at
from provider_states;
