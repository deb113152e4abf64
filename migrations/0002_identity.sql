-- People, their sessions and refresh tokens.

create table app_user (
  id                uuid           primary key,
  email             text,
  email_key         text           unique,
  password_hash     text,
  name              text           not null,
  role              text           not null check (role in ('admin', 'instructor', 'student')),
  locale            text           not null,
  time_zone         text           not null,
  deactivated_at    timestamptz(3),
  status            text           not null generated always as (case when deactivated_at is null then 'active' else 'deactivated' end) stored,
  version           integer        not null default 1,
  created_at        timestamptz(3) not null,
  updated_at        timestamptz(3) not null,
  check ((email is null) = (email_key is null))
);
create index app_user_created_idx on app_user (created_at, id);
create index app_user_name_trgm_idx on app_user using gin (lower(name) gin_trgm_ops);
create index app_user_email_trgm_idx on app_user using gin (email_key gin_trgm_ops);

-- One row a sign-in. Access tokens name their session, so that ending it ends them at once.
create table session (
  id           uuid           primary key,
  user_id      uuid           not null references app_user on delete cascade,
  created_at   timestamptz(3) not null,
  last_used_at timestamptz(3) not null,
  expires_at   timestamptz(3) not null,
  ended_at     timestamptz(3),
  end_reason   text           check (end_reason in ('logout', 'refresh_token_reused', 'deactivated', 'password_changed', 'ended_by_admin')),
  user_agent   text,
  check ((ended_at is null) = (end_reason is null))
);
create index session_user_idx on session (user_id);
create index session_expires_idx on session (expires_at);

-- Only the hash is stored. A used one that comes again ends its session.
create table refresh_token (
  token_hash bytea          primary key,
  session_id uuid           not null references session on delete cascade,
  created_at timestamptz(3) not null,
  used_at    timestamptz(3)
);
create index refresh_token_session_idx on refresh_token (session_id);
