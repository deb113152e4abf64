-- Quizzes, their questions, attempts and answers.

create table quiz (
  id                 uuid           primary key,
  lesson_id          uuid           not null unique references lesson,
  course_id          uuid           not null references course,
  passing_percent    numeric(5, 2)  not null check (passing_percent between 0 and 100),
  max_attempts       integer        check (max_attempts > 0),
  time_limit_seconds integer        check (time_limit_seconds > 0),
  shuffle_questions  boolean        not null,
  show_results       text           not null check (show_results in ('never', 'score', 'afterPass', 'afterSubmission')),
  version            integer        not null default 1,
  created_at         timestamptz(3) not null,
  updated_at         timestamptz(3) not null
);

create table question (
  id          uuid           primary key,
  quiz_id     uuid           not null references quiz,
  position    integer        not null,
  type        text           not null check (type in ('single', 'multiple', 'trueFalse', 'shortText', 'numeric', 'essay')),
  prompt      text           not null,
  points      numeric(7, 2)  not null check (points >= 0),
  explanation text,
  -- What the type adds: options and scoring, answer, answers, tolerance.
  body        jsonb          not null,
  removed_at  timestamptz(3),
  version     integer        not null default 1,
  created_at  timestamptz(3) not null,
  updated_at  timestamptz(3) not null
);
create index question_quiz_idx on question (quiz_id, position) where removed_at is null;

create table attempt (
  id              uuid           primary key,
  quiz_id         uuid           not null references quiz,
  lesson_id       uuid           not null references lesson,
  course_id       uuid           not null references course,
  enrollment_id   uuid           not null references enrollment,
  user_id         uuid           not null references app_user,
  number          integer        not null,
  status          text           not null check (status in ('inProgress', 'needsGrading', 'graded')),
  -- The questions as they stood at the start, answers included, in the order the seed gave.
  questions       jsonb          not null,
  seed            text           not null,
  passing_percent numeric(5, 2)  not null,
  started_at      timestamptz(3) not null,
  expires_at      timestamptz(3),
  submitted_at    timestamptz(3),
  submitted_by    text           check (submitted_by in ('learner', 'clock')),
  graded_at       timestamptz(3),
  -- Unrounded: thirds of a point must add up again when a grade changes.
  score           double precision,
  max_score       numeric(12, 2) not null,
  percent         double precision,
  passed          boolean,
  updated_at      timestamptz(3) not null,
  unique (enrollment_id, quiz_id, number),
  check ((submitted_at is null) = (status = 'inProgress')),
  check ((submitted_at is null) = (submitted_by is null)),
  check ((passed is not null) = (status = 'graded'))
);
create unique index attempt_open_key on attempt (enrollment_id, quiz_id) where status = 'inProgress';
create index attempt_quiz_idx on attempt (quiz_id, started_at, id);
create index attempt_course_idx on attempt (course_id, started_at, id);
create index attempt_overdue_idx on attempt (expires_at) where status = 'inProgress' and expires_at is not null;
create index attempt_user_idx on attempt (user_id, course_id, started_at, id);
-- The grading queue, oldest first; the expression is the one that the list sorts by.
create index attempt_grading_idx on attempt (course_id, coalesce(submitted_at, 'infinity'::timestamptz), id)
  where status = 'needsGrading';

create table attempt_answer (
  attempt_id  uuid           not null references attempt,
  question_id uuid           not null,
  response    jsonb,
  -- The client's own count, by which a late save is told from a newer one; null while none was given.
  revision    integer        check (revision >= 0),
  points      double precision,
  is_correct  boolean,
  feedback    text,
  graded_by   uuid           references app_user,
  updated_at  timestamptz(3) not null,
  primary key (attempt_id, question_id)
);
