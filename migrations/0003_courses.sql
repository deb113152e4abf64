-- Courses, their addresses, staff, sections and lessons.

create table course (
  id              uuid           primary key,
  slug            text           not null unique,
  title           text           not null,
  description     text           not null,
  -- The beginning of the description as plain text, for lists.
  summary         text           not null,
  category        text,
  level           text           check (level in ('beginner', 'intermediate', 'advanced')),
  language        text           not null,
  visibility      text           not null check (visibility in ('listed', 'unlisted')),
  self_enrollment text           not null check (self_enrollment in ('open', 'closed')),
  image_url       text,
  published_at    timestamptz(3),
  archived_at     timestamptz(3),
  status          text           not null generated always as (
                    case when archived_at is not null then 'archived'
                         when published_at is not null then 'published'
                         else 'draft' end) stored,
  version         integer        not null default 1,
  -- Moves with every change of sections and lessons: the outline's own version.
  outline_version integer        not null default 1,
  -- Full text in the course's language; `search_text` (lower case, no accents) serves prefixes,
  -- parts of words and scripts without spaces through trigrams.
  search_vector   tsvector       not null,
  -- The text search configuration of the language; null where PostgreSQL has none.
  search_language text,
  search_text     text           not null,
  created_at      timestamptz(3) not null,
  updated_at      timestamptz(3) not null
);
create index course_created_idx on course (created_at, id);
-- Searches are many and changes few: a list of pending entries would be read by every search.
create index course_search_idx on course using gin (search_vector) with (fastupdate = off);
create index course_search_trgm_idx on course using gin (search_text gin_trgm_ops) with (fastupdate = off);

-- Every address a course ever had. An old one goes on resolving and is given to no other course.
create table course_slug (
  slug       text           primary key,
  -- Deferred: an address is claimed before its course is written, so that a taken one can be passed over.
  course_id  uuid           not null references course deferrable initially deferred,
  created_at timestamptz(3) not null
);
create index course_slug_course_idx on course_slug (course_id);

-- Counted by the server only, in a row of its own, so that counting never moves a course's version.
create table course_statistics (
  course_id        uuid    primary key references course,
  enrollment_count integer not null default 0 check (enrollment_count >= 0),
  completion_count integer not null default 0 check (completion_count >= 0),
  rating_count     integer not null default 0 check (rating_count >= 0),
  rating_sum       integer not null default 0 check (rating_sum >= 0)
);

create table course_staff (
  course_id  uuid           not null references course,
  user_id    uuid           not null references app_user,
  role       text           not null check (role in ('owner', 'coInstructor', 'assistant', 'observer')),
  created_at timestamptz(3) not null,
  primary key (course_id, user_id)
);
create index course_staff_user_idx on course_staff (user_id);

create table section (
  id         uuid           primary key,
  course_id  uuid           not null references course,
  title      text           not null,
  position   integer        not null,
  deleted_at timestamptz(3),
  version    integer        not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create index section_course_idx on section (course_id, position);

create table lesson (
  id               uuid           primary key,
  course_id        uuid           not null references course,
  section_id       uuid           not null references section,
  title            text           not null,
  type             text           not null check (type in ('text', 'video', 'quiz')),
  content          text           not null default '',
  video_url        text,
  duration_seconds integer        check (duration_seconds > 0),
  is_preview       boolean        not null,
  is_required      boolean        not null,
  watched_percent  smallint       not null default 90 check (watched_percent between 1 and 100),
  -- Whether it has all its type needs. An unready lesson is shown to and counted for no learner.
  is_ready         boolean        not null,
  position         integer        not null,
  deleted_at       timestamptz(3),
  version          integer        not null default 1,
  created_at       timestamptz(3) not null,
  updated_at       timestamptz(3) not null
);
create index lesson_course_idx on lesson (course_id);
create index lesson_section_idx on lesson (section_id, position);
