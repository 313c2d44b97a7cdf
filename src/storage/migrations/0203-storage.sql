-- How the last run of each schedule ended, in whatever process: the jobs themselves are deleted soon after.
create table job_runs (
  queue text primary key,
  at timestamptz not null,
  outcome text not null check (outcome in ('done', 'failed'))
);
