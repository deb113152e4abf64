-- Endpoints to which events are sent, and every attempt to send one.

create table webhook (
  id                    uuid           primary key,
  url                   text           not null,
  -- Types of events, or the one element "*".
  event_types           text[]         not null,
  description           text,
  -- Encrypted, as the previous one, which signs as well until its time is over.
  secret                bytea          not null,
  previous_secret       bytea,
  previous_secret_until timestamptz(3),
  is_active             boolean        not null,
  disabled_at           timestamptz(3),
  disabled_reason       text           check (disabled_reason in ('failing', 'gone')),
  -- Failures since the last success, and since when. While there are many, `paused_until` says when one delivery
  -- is tried next; whoever tries it moves the time on first, so that nobody else does.
  failure_count         integer        not null default 0,
  failing_since         timestamptz(3),
  paused_until          timestamptz(3),
  version               integer        not null default 1,
  created_by            uuid           references app_user,
  created_at            timestamptz(3) not null,
  updated_at            timestamptz(3) not null,
  -- Its deliveries, perhaps millions, are purged by a job, and the row with the last of them.
  deleted_at            timestamptz(3),
  check ((previous_secret is null) = (previous_secret_until is null)),
  check (not is_active or deleted_at is null)
);
create index webhook_created_idx on webhook (created_at, id) where deleted_at is null;

-- One attempt to send an event to an endpoint; a failed one is followed by the next until the last is dead.
create table webhook_delivery (
  id               uuid           primary key,
  webhook_id       uuid           not null references webhook,
  -- No foreign key: events are never deleted, and old partitions of the log may be detached.
  event_id         uuid           not null,
  event_type       text           not null,
  -- Null for the event's own sending; else the redelivery that asked for it.
  request_id       uuid,
  attempt          smallint       not null,
  state            text           not null check (state in ('waiting', 'delivered', 'failed', 'dead')),
  created_at       timestamptz(3) not null,
  due_at           timestamptz(3) not null,
  -- Until when the worker that sends it has it for itself. A worker that dies lets it go by that.
  claimed_until    timestamptz(3),
  -- When the first attempt of this line of attempts was made: its end is three days later.
  first_started_at timestamptz(3),
  started_at       timestamptz(3),
  duration_ms      integer,
  response_status  smallint,
  response_body    text,
  error_code       text,
  error_message    text,
  -- What makes sending an event, repeating it and retrying it harmless twice.
  constraint webhook_delivery_line_key unique nulls not distinct (webhook_id, event_id, request_id, attempt)
) with (fillfactor = 80);
create index webhook_delivery_due_idx on webhook_delivery (webhook_id, due_at) where state = 'waiting';
create index webhook_delivery_list_idx on webhook_delivery (webhook_id, created_at, id);
create index webhook_delivery_dead_idx on webhook_delivery (webhook_id, created_at, id) where state = 'dead';
create index webhook_delivery_age_idx on webhook_delivery (created_at);

-- The change feed reads the types that are public, each from its own place on. By the index without the type, which
-- nothing else uses, it would read all of the log for a type that is rare, and the planner does prefer it.
create index event_public_feed_idx on event (type, transaction_id, sequence);
drop index event_feed_idx;
