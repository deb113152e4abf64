-- Files that people upload, the lessons that use them, and the pictures made from them.

alter table lesson drop constraint lesson_type_check;
alter table lesson add constraint lesson_type_check check (type in ('text', 'video', 'quiz', 'file'));

-- A row exists only once all its bytes are in the store, were looked at, and a scanner, where there is one, let them pass.
create table file (
  id           uuid           primary key,
  owner_id     uuid           not null references app_user,
  name         text           not null,
  -- Found in the content; what the client said of it is not kept.
  media_type   text           not null,
  size_bytes   bigint         not null check (size_bytes > 0),
  sha256       bytea          not null check (octet_length(sha256) = 32),
  store_key    text           not null unique,
  -- Since when nothing uses it, as the sweep found; null while something does.
  unused_since timestamptz(3),
  created_at   timestamptz(3) not null
);
create index file_owner_idx on file (owner_id) include (size_bytes);
create index file_unused_idx on file (unused_since) where unused_since is not null;

-- Uploads that were announced and are not complete. The id becomes the file's.
create table file_upload (
  id         uuid           primary key,
  owner_id   uuid           not null references app_user,
  name       text           not null,
  size_bytes bigint         not null check (size_bytes > 0),
  -- Null until the program has received the bytes itself; set at once where clients send them to the store.
  store_key  text           unique,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index file_upload_owner_idx on file_upload (owner_id) include (size_bytes);
create index file_upload_expires_idx on file_upload (expires_at);

-- What a lesson of type file is about.
create table lesson_file (
  lesson_id  uuid           primary key references lesson,
  file_id    uuid           not null references file on delete cascade,
  updated_at timestamptz(3) not null
);
create index lesson_file_file_idx on lesson_file (file_id);

create table lesson_attachment (
  id         uuid           primary key,
  lesson_id  uuid           not null references lesson,
  file_id    uuid           not null references file on delete cascade,
  position   integer        not null,
  created_at timestamptz(3) not null,
  unique (lesson_id, file_id)
);
create index lesson_attachment_file_idx on lesson_attachment (file_id);

-- Pictures in several sizes, made from a file and independent of it afterwards. A new picture has a new id, so its
-- addresses can be kept for ever.
create table picture (
  id         uuid           primary key,
  kind       text           not null check (kind in ('avatar', 'course')),
  created_at timestamptz(3) not null
);
alter table app_user add column avatar_id uuid references picture;
alter table course add column picture_id uuid references picture;
create index app_user_avatar_idx on app_user (avatar_id) where avatar_id is not null;
create index course_picture_idx on course (picture_id) where picture_id is not null;
