-- What people may do beyond their role: custom roles, made of named permissions, given to a person or to a group.

create table custom_role (
  id          uuid           primary key,
  name        text           not null,
  description text           not null,
  permissions text[]         not null,
  version     integer        not null default 1,
  created_at  timestamptz(3) not null,
  updated_at  timestamptz(3) not null
);
create unique index custom_role_name_key on custom_role (lower(name));
create index custom_role_created_idx on custom_role (created_at, id);

create table custom_role_member (
  user_id    uuid           not null references app_user on delete cascade,
  role_id    uuid           not null references custom_role on delete cascade,
  created_at timestamptz(3) not null,
  primary key (user_id, role_id)
);
create index custom_role_member_role_idx on custom_role_member (role_id, created_at, user_id);

-- People across courses: a class, a department, what a directory calls a group.
create table user_group (
  id          uuid           primary key,
  name        text           not null,
  description text           not null,
  version     integer        not null default 1,
  created_at  timestamptz(3) not null,
  updated_at  timestamptz(3) not null
);
create unique index user_group_name_key on user_group (lower(name));
create index user_group_created_idx on user_group (created_at, id);

create table user_group_member (
  user_id    uuid           not null references app_user on delete cascade,
  group_id   uuid           not null references user_group on delete cascade,
  created_at timestamptz(3) not null,
  primary key (user_id, group_id)
);
create index user_group_member_group_idx on user_group_member (group_id, created_at, user_id);

-- Roles that all members of a group have.
create table user_group_role (
  group_id   uuid           not null references user_group on delete cascade,
  role_id    uuid           not null references custom_role on delete cascade,
  created_at timestamptz(3) not null,
  primary key (group_id, role_id)
);
create index user_group_role_role_idx on user_group_role (role_id);
