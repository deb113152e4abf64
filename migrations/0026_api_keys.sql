-- Keys by which programs act for a person, within scopes. Only hashes are stored.
create table api_key (
  id                    uuid           primary key,
  user_id               uuid           not null references app_user on delete cascade,
  name                  text           not null,
  -- The first characters of the key, by which its owner tells it from others.
  hint                  text           not null,
  secret_hash           bytea          not null unique,
  previous_secret_hash  bytea          unique,
  previous_secret_until timestamptz(3),
  scopes                text[]         not null,
  expires_at            timestamptz(3) not null,
  last_used_at          timestamptz(3),
  revoked_at            timestamptz(3),
  created_at            timestamptz(3) not null,
  check ((previous_secret_hash is null) = (previous_secret_until is null))
);
create index api_key_user_idx on api_key (user_id, created_at, id);
create index api_key_expires_idx on api_key (expires_at);
