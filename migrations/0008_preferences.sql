-- What people are told of, and by what way. Only what differs from the default is kept.

create table notification_preference (
  user_id    uuid           not null references app_user on delete cascade,
  kind       text           not null,
  channel    text           not null check (channel in ('email', 'inApp')),
  is_enabled boolean        not null,
  updated_at timestamptz(3) not null,
  primary key (user_id, kind, channel)
);
