-- What every feature stands on: extensions, the event log, stored answers of repeated requests.

create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- The append-only log of facts. `sequence` orders rows, `transaction_id` lets a reader stop before
-- transactions that are still open, so that a late commit is never skipped.
create table event (
  id             uuid           primary key,
  sequence       bigint         generated always as identity unique,
  transaction_id xid8           not null default pg_current_xact_id(),
  type           text           not null,
  version        smallint       not null,
  occurred_at    timestamptz(3) not null,
  actor_id       uuid,
  data           jsonb          not null
);
create index event_feed_idx on event (transaction_id, sequence);
create index event_type_idx on event (type, occurred_at);

create function forbid_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger event_append_only before update or delete on event
  for each row execute function forbid_change();
create trigger event_never_emptied before truncate on event
  for each statement execute function forbid_change();

-- Answers kept for `Idempotency-Key`, encrypted, for 24 hours.
create table idempotency_key (
  actor_id     uuid           not null,
  operation    text           not null,
  key          text           not null,
  request_hash bytea          not null,
  answer       bytea,
  locked_until timestamptz(3) not null,
  created_at   timestamptz(3) not null,
  primary key (actor_id, operation, key)
);
create index idempotency_key_created_idx on idempotency_key (created_at);
