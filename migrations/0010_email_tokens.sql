-- Proof of an address, and the tokens that are sent by mail to get it or to choose a new password.

-- Null until the owner of the address has shown that they read its mail, or an admin has vouched for it.
alter table app_user add column email_verified_at timestamptz(3);

-- Accounts that an admin, the command line or the demo academy made are vouched for: they did not register themselves.
update app_user set email_verified_at = created_at
where email is not null and not exists (
  select from event
  where event.type = 'user.registered' and event.actor_id = app_user.id and event.data ->> 'userId' = app_user.id::text);

-- One a person and purpose: a newer one takes the older one's place. The token itself is never stored; it is made
-- again from the id, the person's address and a key (src/features/identity/email-token.ts).
create table email_token (
  id         uuid           primary key,
  user_id    uuid           not null references app_user on delete cascade,
  purpose    text           not null check (purpose in ('verification', 'passwordReset')),
  token_hash bytea          not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  used_at    timestamptz(3),
  unique (user_id, purpose)
);
create index email_token_expires_idx on email_token (expires_at);
