-- Mails to people, and addresses that take none.

create table mail (
  id           uuid           primary key,
  user_id      uuid           not null references app_user on delete cascade,
  kind         text           not null,
  -- What it is about, such as an enrollment: of one cause a person gets one mail of a kind.
  cause        text           not null,
  -- Ids alone. Names, titles and addresses are read when it is written; tokens are made again.
  params       jsonb          not null,
  message_id   text           not null unique,
  state        text           not null check (state in ('queued', 'sending', 'sent', 'bounced', 'failed', 'suppressed')),
  attempts     integer        not null default 0,
  -- Hand-overs of the whole message to a server of which no answer came back.
  unanswered   integer        not null default 0,
  -- SHA-256 of the key of the address that it last went to. The address itself is kept with the person alone.
  address_hash bytea,
  -- Code of the last failure, or why it was not sent.
  error        text,
  created_at   timestamptz(3) not null,
  updated_at   timestamptz(3) not null,
  sent_at      timestamptz(3),
  unique (user_id, kind, cause),
  check ((sent_at is not null) = (state = 'sent'))
);
create index mail_created_idx on mail (created_at, id);
create index mail_user_idx on mail (user_id, created_at, id);
create index mail_trouble_idx on mail (state, created_at, id) where state in ('bounced', 'failed');
create index mail_unfinished_idx on mail (updated_at) where state in ('queued', 'sending');

-- Addresses that a server refused for good. Nothing more goes there until a bounce is lifted.
create table mail_bounce (
  address_hash bytea          primary key,
  mail_id      uuid           references mail on delete set null,
  error        text           not null,
  bounced_at   timestamptz(3) not null
);
create index mail_bounce_mail_idx on mail_bounce (mail_id);
