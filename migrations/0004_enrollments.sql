-- Who takes which course, and how far they came.

create table enrollment (
  id                uuid           primary key,
  course_id         uuid           not null references course,
  user_id           uuid           not null references app_user,
  -- A second pass through a course will be a second enrollment; one of them is current.
  is_current        boolean        not null default true,
  completed_at      timestamptz(3),
  withdrawn_at      timestamptz(3),
  withdrawn_by      text           check (withdrawn_by in ('learner', 'staff')),
  status            text           not null generated always as (
                      case when withdrawn_at is not null then 'withdrawn'
                           when completed_at is not null then 'completed'
                           else 'active' end) stored,
  progress_percent  smallint       not null default 0 check (progress_percent between 0 and 100),
  last_activity_at  timestamptz(3),
  created_at        timestamptz(3) not null,
  updated_at        timestamptz(3) not null,
  check ((withdrawn_at is null) = (withdrawn_by is null)),
  -- 100 only when complete, and it stays.
  check ((progress_percent = 100) = (completed_at is not null))
);
create unique index enrollment_current_key on enrollment (course_id, user_id) where is_current;
create index enrollment_user_idx on enrollment (user_id, created_at, id);
create index enrollment_course_idx on enrollment (course_id, created_at, id);

create table lesson_progress (
  enrollment_id      uuid           not null references enrollment,
  lesson_id          uuid           not null references lesson,
  completed_at       timestamptz(3),
  first_seen_at      timestamptz(3) not null,
  position_seconds   numeric(9, 3),
  position_at        timestamptz(3),
  -- Disjoint ascending intervals of seconds, as credited: [[from, to], …].
  watched            jsonb          not null default '[]',
  seconds_watched    numeric(9, 3)  not null default 0,
  seconds_spent      numeric(12, 3) not null default 0,
  updated_at         timestamptz(3) not null,
  primary key (enrollment_id, lesson_id)
);

create table review (
  enrollment_id uuid           primary key references enrollment,
  course_id     uuid           not null references course,
  user_id       uuid           not null references app_user,
  rating        smallint       not null check (rating between 1 and 5),
  text          text,
  created_at    timestamptz(3) not null,
  updated_at    timestamptz(3) not null
);
create index review_course_idx on review (course_id, created_at, enrollment_id);

-- One row a nightly check: how many enrollments were counted anew, and which differ from what is stored.
create table progress_check (
  id               uuid           primary key,
  started_at       timestamptz(3) not null,
  finished_at      timestamptz(3) not null,
  enrollment_count integer        not null,
  difference_count integer        not null,
  -- The first hundred: [{kind, enrollmentId, …}].
  differences      jsonb          not null
);
create index progress_check_finished_idx on progress_check (finished_at);
