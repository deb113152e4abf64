-- SCIM 2.0: directories that bring people and groups, whom each of them knows, and what is theirs to change.

-- A directory outside, and the token by which it calls. Only hashes of tokens are stored.
create table scim_connection (
  id                    uuid           primary key,
  name                  text           not null,
  -- By which its people sign in: `external_identity` is made of what they are called there.
  provider_id           uuid           references sso_provider on delete set null,
  -- Whose addresses it speaks for.
  email_domains         text[]         not null,
  is_active             boolean        not null,
  hint                  text           not null,
  secret_hash           bytea          not null unique,
  previous_secret_hash  bytea          unique,
  previous_secret_until timestamptz(3),
  expires_at            timestamptz(3) not null,
  last_used_at          timestamptz(3),
  version               integer        not null default 1,
  created_at            timestamptz(3) not null,
  updated_at            timestamptz(3) not null,
  check ((previous_secret_hash is null) = (previous_secret_until is null))
);
create index scim_connection_created_idx on scim_connection (created_at, id);
create index scim_connection_provider_idx on scim_connection (provider_id) where provider_id is not null;

-- Whom a connection brought, and what it says of them beyond the account.
create table scim_user (
  connection_id uuid           not null references scim_connection on delete cascade,
  user_id       uuid           not null references app_user on delete cascade,
  user_name     text           not null,
  -- Without regard to case.
  user_name_key text           not null,
  external_id   text,
  display_name  text,
  given_name    text,
  family_name   text,
  -- Null where no address was said, but the user name is one.
  email_type    text,
  -- What it said last: repeating it changes nothing.
  is_active     boolean        not null,
  version       integer        not null default 1,
  created_at    timestamptz(3) not null,
  updated_at    timestamptz(3) not null,
  -- It took the person away; the row is how it finds them again.
  removed_at    timestamptz(3),
  primary key (connection_id, user_id)
);
create unique index scim_user_name_key on scim_user (connection_id, user_name_key) where removed_at is null;
create index scim_user_removed_idx on scim_user (connection_id, user_name_key) where removed_at is not null;
create unique index scim_user_owner_key on scim_user (user_id) where removed_at is null;
create index scim_user_user_idx on scim_user (user_id);
create index scim_user_created_idx on scim_user (connection_id, created_at, user_id) where removed_at is null;
create index scim_user_external_idx on scim_user (connection_id, external_id) where external_id is not null;

-- Groups that a connection keeps; by hand nobody changes who is in them.
alter table user_group
  add column managed_by  uuid references scim_connection on delete set null,
  add column external_id text;
create index user_group_managed_idx on user_group (managed_by, created_at, id) where managed_by is not null;

alter table audit_entry drop constraint audit_entry_actor_kind_check;
alter table audit_entry add constraint audit_entry_actor_kind_check
  check (actor_kind in ('person', 'anonymous', 'system', 'commandLine', 'provisioning')) not valid;
