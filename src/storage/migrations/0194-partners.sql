-- What is observed of each provider, one row for all processes: the lock of a row puts in order who has news of it.
-- Without a second index: it has as many rows as there are providers, and each is written with every probe.
create table provider_health (
  provider text collate "C" primary key,
  -- Where the probes go, as a digest: of other addresses, nothing observed before counts.
  addresses text not null,
  -- The state of `policy/breaker.ts`, whole.
  breaker jsonb not null,
  -- Null where there is nothing to probe.
  next_probe_at timestamptz,
  -- Which turn of which process is probing it, and until when it alone may.
  probed_by text,
  probed_until timestamptz
) with (fillfactor = 50);

-- Times during which a provider did not work well, for the public status page.
create table incidents (
  id text collate "C" primary key,
  provider text not null,
  -- The worst that it came to.
  health text not null check (health in ('degraded', 'down')),
  reasons jsonb not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  note jsonb,
  note_author jsonb,
  noted_at timestamptz
);
create unique index incidents_open on incidents (provider) where closed_at is null;
create index incidents_closed on incidents (closed_at);
