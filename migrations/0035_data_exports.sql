-- Exports of all that is kept of a person, and accounts that are erased because nobody uses them.

create table data_export (
  id           uuid           primary key,
  user_id      uuid           not null references app_user on delete cascade,
  -- The task that makes it; forgotten in its own time.
  task_id      uuid           not null unique,
  requested_at timestamptz(3) not null,
  -- Where the archive is, or where the run that is under way writes it: each run has a key of its own, and what stands
  -- under any other is nobody's. Null once it is removed.
  store_key    text           unique,
  ready_at     timestamptz(3),
  expires_at   timestamptz(3),
  size_bytes   bigint,
  sha256       bytea,
  check ((ready_at is null) = (expires_at is null)),
  check ((ready_at is null) = (size_bytes is null)),
  check ((ready_at is null) = (sha256 is null))
);
create index data_export_user_idx on data_export (user_id, requested_at, id);
create index data_export_stored_idx on data_export (requested_at) where store_key is not null;
create index data_export_requested_idx on data_export (requested_at);

-- The wish of a retention period, not of a person: it falls with the reason, once the account is active again.
alter table erasure add column is_by_retention boolean not null default false;
create index app_user_deactivated_idx on app_user (deactivated_at) where deactivated_at is not null;
