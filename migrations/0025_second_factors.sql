-- Second factors, by what and when sessions were authenticated, and whom the institution asks for a second factor.

-- What somebody has set up, beside the person: every request reads it. Kept by whoever writes the tables below.
alter table app_user
  add column has_totp    boolean not null default false,
  add column has_passkey boolean not null default false;

-- `authenticated_at`: when credentials were last shown, not a refresh token; null, of before this was kept, is when it began.
alter table session
  add column authenticated_at timestamptz(3),
  add column methods          text[]   not null default '{password}',
  add column step_up_failures smallint not null default 0;
alter table session drop constraint session_end_reason_check;
alter table session add constraint session_end_reason_check check (end_reason in
  ('logout', 'refresh_token_reused', 'deactivated', 'password_changed', 'ended_by_admin', 'second_factor_added'));

-- Secrets are sealed for 'totp:' and the person's id. A new one takes the place of the one in use once a code of it came.
create table totp_factor (
  user_id        uuid           primary key references app_user on delete cascade,
  secret         bytea,
  confirmed_at   timestamptz(3),
  -- The time step (30 s) of the last code that was taken: no code is taken twice.
  last_step      integer,
  pending_secret bytea,
  pending_until  timestamptz(3),
  failures       integer        not null default 0,
  blocked_until  timestamptz(3),
  check ((secret is null) = (confirmed_at is null)),
  check ((pending_secret is null) = (pending_until is null))
);

-- Only hashes, of 120 random bits each.
create table recovery_code (
  user_id    uuid           not null references app_user on delete cascade,
  code_hash  bytea          not null,
  created_at timestamptz(3) not null,
  used_at    timestamptz(3),
  primary key (user_id, code_hash)
);

create table passkey (
  id            uuid           primary key,
  user_id       uuid           not null references app_user on delete cascade,
  credential_id bytea          not null unique,
  public_key    bytea          not null,
  sign_count    bigint         not null,
  transports    text[]         not null,
  is_backed_up  boolean        not null,
  name          text           not null,
  created_at    timestamptz(3) not null,
  last_used_at  timestamptz(3)
);
create index passkey_user_idx on passkey (user_id);

-- A login that waits for the second factor. Only the hash of its token is stored.
create table login_challenge (
  token_hash bytea          primary key,
  user_id    uuid           not null references app_user on delete cascade,
  attempts   smallint       not null default 0,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index login_challenge_user_idx on login_challenge (user_id);
create index login_challenge_expires_idx on login_challenge (expires_at);

-- Challenges to passkeys carry their own proof; here stand those that were answered, until they would have expired.
create table spent_challenge (
  challenge_hash bytea          primary key,
  expires_at     timestamptz(3) not null
);
create index spent_challenge_expires_idx on spent_challenge (expires_at);

-- One row.
create table sign_in_policy (
  is_only          boolean primary key default true check (is_only),
  mfa_required_for text[]  not null default '{}'
);
insert into sign_in_policy default values;
