-- Times during which a card and a code stood in for an e-ID app that was down (R084), one for each outage.
create table stand_ins (
  provider text collate "C" not null,
  -- For which provider.
  stands_in_for text not null,
  -- When the outage began.
  since timestamptz not null,
  offered_at timestamptz not null,
  ended_at timestamptz,
  -- A reason of `policy/stand-in.ts`, or `withdrawn` when people put it out of use.
  ended_by text,
  uses integer not null default 0,
  primary key (provider, since),
  check ((ended_at is null) = (ended_by is null))
);
create unique index stand_ins_open on stand_ins (provider) where ended_at is null;
create index stand_ins_ended on stand_ins (ended_at);
