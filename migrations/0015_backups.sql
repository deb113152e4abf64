-- What was backed up, and what was restored to see that it can be.

create table backup_run (
  id          uuid           primary key,
  kind        text           not null check (kind in ('backup', 'verification')),
  started_at  timestamptz(3) not null,
  finished_at timestamptz(3),
  -- Interrupted: its process ended without a word, as the next run found.
  outcome     text           check (outcome in ('succeeded', 'failed', 'interrupted')),
  archive     text,
  size_bytes  bigint,
  -- Why it failed, in words of our own.
  error       text,
  check ((finished_at is null) = (outcome is null))
);
create index backup_run_kind_idx on backup_run (kind, started_at);
