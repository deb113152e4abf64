-- Single sign-on by OpenID Connect: providers, whom they know, and sign-ins under way.

create table sso_provider (
  id                uuid           primary key,
  -- Stands in addresses.
  key               text           not null,
  name              text           not null,
  issuer            text           not null,
  client_id         text           not null,
  -- Sealed for 'sso:' and the id. Null: the provider takes PKCE for it.
  client_secret     bytea,
  scopes            text[]         not null,
  -- From which claims the address and the name come, and the groups.
  claims            jsonb          not null,
  -- [{value, role?, customRoleId?, groupId?}]: what a group of the provider's is here.
  group_mappings    jsonb          not null,
  -- Whose addresses the provider speaks for.
  email_domains     text[]         not null,
  creates_accounts  boolean        not null,
  -- Whether its word that a second factor was used counts.
  trusts_second_factor boolean     not null,
  is_active         boolean        not null,
  version           integer        not null default 1,
  created_at        timestamptz(3) not null,
  updated_at        timestamptz(3) not null
);
create unique index sso_provider_key_key on sso_provider (key);
create index sso_provider_created_idx on sso_provider (created_at, id);

-- Whom a provider knows by which `sub`.
create table external_identity (
  id           uuid           primary key,
  user_id      uuid           not null references app_user on delete cascade,
  provider_id  uuid           not null references sso_provider on delete cascade,
  subject      text           not null,
  -- The role that a mapping gave, and the one before it, to go back to.
  given_role   text           check (given_role in ('admin', 'instructor', 'student')),
  role_before  text           check (role_before in ('admin', 'instructor', 'student')),
  given_role_ids  uuid[]      not null default '{}',
  given_group_ids uuid[]      not null default '{}',
  created_at   timestamptz(3) not null,
  last_used_at timestamptz(3) not null,
  unique (provider_id, subject),
  check ((given_role is null) = (role_before is null))
);
create index external_identity_user_idx on external_identity (user_id, created_at, id);

-- Who was sent to a provider and has not come back. Only hashes: what PKCE and the nonce are made of the browser keeps.
create table sso_transaction (
  state_hash      bytea          primary key,
  browser_hash    bytea          not null,
  provider_id     uuid           not null references sso_provider on delete cascade,
  return_to       text           not null,
  code_challenge  text           not null,
  created_at      timestamptz(3) not null,
  expires_at      timestamptz(3) not null
);
create index sso_transaction_expires_idx on sso_transaction (expires_at);

-- A sign-in by a provider. The session that comes of it names it, and so finds the way to log out there.
create table external_sign_in (
  id          uuid           primary key,
  identity_id uuid           not null references external_identity on delete cascade,
  -- The provider's own session.
  sid         text,
  -- Sealed for 'sign-in:' and the id: a hint for logging out there.
  id_token    bytea          not null,
  created_at  timestamptz(3) not null
);
create index external_sign_in_identity_idx on external_sign_in (identity_id);
create index external_sign_in_created_idx on external_sign_in (created_at);

-- Logout tokens of providers that were used, so that none counts twice.
create table sso_logout_token (
  provider_id uuid           not null references sso_provider on delete cascade,
  jti_hash    bytea          not null,
  created_at  timestamptz(3) not null,
  primary key (provider_id, jti_hash)
);
create index sso_logout_token_created_idx on sso_logout_token (created_at);

-- What a front end exchanges for tokens, once. Only the hash of the code is stored.
create table login_code (
  code_hash           bytea          primary key,
  user_id             uuid           not null references app_user on delete cascade,
  -- S256 of what the front end keeps, so that only the one which began can end it.
  code_challenge      text           not null,
  external_sign_in_id uuid           not null,
  has_second_factor   boolean        not null,
  created_at          timestamptz(3) not null,
  expires_at          timestamptz(3) not null
);
create index login_code_user_idx on login_code (user_id);
create index login_code_expires_idx on login_code (expires_at);

-- A login that waits for a second factor may have begun at a provider.
alter table login_challenge
  add column first_method        text not null default 'password' check (first_method in ('password', 'provider')),
  add column external_sign_in_id uuid;

alter table session drop constraint session_end_reason_check;
alter table session add constraint session_end_reason_check check (end_reason in
  ('logout', 'refresh_token_reused', 'deactivated', 'password_changed', 'ended_by_admin', 'second_factor_added',
   'unlinked', 'ended_by_provider'));
alter table session add column external_sign_in_id uuid;
create index session_external_sign_in_idx on session (external_sign_in_id) where external_sign_in_id is not null;
