-- Long operations that clients wait for, people and enrollments from CSV files, and invitations.

create table task (
  id          uuid           primary key,
  -- `feature.verb` of what is done.
  kind        text           not null,
  owner_id    uuid           not null references app_user on delete cascade,
  -- What it is about; which table that is in follows from the kind.
  subject_id  uuid           not null,
  status      text           not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  -- Null until it is known.
  total       integer        check (total >= 0),
  done        integer        not null default 0 check (done >= 0),
  error_code  text,
  errors      jsonb          not null default '[]',
  created_at  timestamptz(3) not null,
  updated_at  timestamptz(3) not null,
  started_at  timestamptz(3),
  finished_at timestamptz(3),
  check ((finished_at is null) = (status in ('queued', 'running'))),
  check ((error_code is not null) = (status = 'failed'))
);
create index task_owner_idx on task (owner_id, created_at, id);
create index task_unfinished_idx on task (updated_at) where finished_at is null;
create index task_finished_idx on task (finished_at) where finished_at is not null;

create table csv_import (
  id         uuid           primary key,
  kind       text           not null check (kind in ('people', 'enrollments')),
  owner_id   uuid           not null references app_user on delete cascade,
  file_id    uuid           references file on delete set null,
  created_at timestamptz(3) not null
);
create index csv_import_created_idx on csv_import (created_at);
create index csv_import_file_idx on csv_import (file_id);
create index csv_import_owner_idx on csv_import (owner_id);

-- A file is gone through at most twice: first to tell what would become of it, then to do it.
create table csv_import_run (
  import_id       uuid    not null references csv_import on delete cascade,
  stage           text    not null check (stage in ('dryRun', 'application')),
  task_id         uuid    not null unique references task on delete cascade,
  created_count   integer not null default 0,
  updated_count   integer not null default 0,
  unchanged_count integer not null default 0,
  failed_count    integer not null default 0,
  primary key (import_id, stage)
);

-- What became of each row of the file. What stood in it is not kept: names and addresses stay in the file.
create table csv_import_row (
  id            uuid    primary key,
  import_id     uuid    not null,
  stage         text    not null,
  -- Where the row begins in the file; the columns stand in line 1.
  line          integer not null,
  status        text    not null check (status in ('created', 'updated', 'unchanged', 'failed')),
  errors        jsonb   not null default '[]',
  user_id       uuid    references app_user on delete set null,
  enrollment_id uuid    references enrollment on delete set null,
  unique (import_id, stage, line),
  foreign key (import_id, stage) references csv_import_run on delete cascade
);
create index csv_import_row_status_idx on csv_import_row (import_id, stage, status, line);
create index csv_import_row_user_idx on csv_import_row (user_id) where user_id is not null;
create index csv_import_row_enrollment_idx on csv_import_row (enrollment_id) where enrollment_id is not null;

-- When somebody was last invited to choose their first password.
alter table app_user add column invited_at timestamptz(3);
alter table email_token drop constraint email_token_purpose_check;
alter table email_token add constraint email_token_purpose_check
  check (purpose in ('verification', 'passwordReset', 'invitation'));
