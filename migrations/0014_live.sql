-- What people are told while they are connected: notifications, and progress made on another device.

-- How many pieces of news a person has had. Each is numbered in its own transaction, and the lock on this row lasts
-- until that commits: numbers become visible in their order, so whoever has read up to one has missed none below it.
create table news_sequence (
  user_id uuid   primary key references app_user on delete cascade,
  value   bigint not null
) with (fillfactor = 50);

create table notification (
  id         uuid           primary key,
  user_id    uuid           not null references app_user on delete cascade,
  -- One event tells a person once.
  event_id   uuid           not null,
  -- By which it can be switched off.
  kind       text           not null,
  event_type text           not null,
  course_id  uuid           references course,
  -- Ids and codes; names and titles are read when it is shown.
  data       jsonb          not null,
  sequence   bigint         not null,
  created_at timestamptz(3) not null,
  read_at    timestamptz(3),
  unique (event_id, user_id)
);
create index notification_user_idx on notification (user_id, created_at, id);
create index notification_unread_idx on notification (user_id, created_at, id) where read_at is null;
create index notification_news_idx on notification (user_id, sequence);
create index notification_read_idx on notification (read_at) where read_at is not null;
create index notification_created_idx on notification (created_at);

-- 0: from before there were numbers, news to nobody. The enrollment has the highest of its lessons, so that looking for
-- news reads no lesson of a course in which nothing happened. No index: heartbeats would have to keep it.
alter table enrollment add column news_sequence bigint not null default 0;
alter table lesson_progress
  add column news_sequence   bigint not null default 0,
  -- The session that last reported; null for the system and for graders.
  add column touched_session uuid;

-- A way to open a stream where no header can be sent: once, for half a minute. Only the hash is stored.
create table stream_ticket (
  token_hash bytea          primary key,
  session_id uuid           not null references session on delete cascade,
  expires_at timestamptz(3) not null
);
create index stream_ticket_session_idx on stream_ticket (session_id);
create index stream_ticket_expires_idx on stream_ticket (expires_at);
