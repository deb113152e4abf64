-- Changes of addresses: one that a person asks for waits until the new address is confirmed, and can be undone from the
-- old one. Tokens are made again from the id, the address and a key (src/features/identity/email-token.ts); none is stored.

create table email_change (
  id           uuid           primary key,
  user_id      uuid           not null references app_user on delete cascade,
  -- Who changed it: the person, or somebody who manages people, which is at once and not undone by a link.
  by_admin     boolean        not null,
  -- Null where there was none, or is none from then on.
  old_email    text,
  new_email    text,
  created_at   timestamptz(3) not null,
  -- Until when the new address can be confirmed.
  expires_at   timestamptz(3) not null,
  confirmed_at timestamptz(3),
  -- Until when the old address can undo it.
  undo_until   timestamptz(3) not null,
  -- Undone, or a newer one took its place.
  ended_at     timestamptz(3),
  check (by_admin or (old_email is not null or new_email is not null))
);
create index email_change_user_idx on email_change (user_id, created_at);
create index email_change_undo_idx on email_change (undo_until);
