-- What the hub says to everybody who opens one of its pages, or one of those of a login at some services.
create table banners (
  id text collate "C" primary key,
  -- Grows with each change, so that who acts on an older state is told.
  number int not null,
  kind text not null check (kind in ('phishing', 'maintenance', 'information')),
  text jsonb not null,
  -- Null: on every page.
  services text[],
  since timestamptz not null,
  until timestamptz not null,
  author jsonb not null,
  published_at timestamptz not null,
  changed_by jsonb not null,
  changed_at timestamptz not null,
  withdrawn_at timestamptz,
  check (since < until)
);
create index banners_end on banners (until);
