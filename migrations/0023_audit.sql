-- The audit trail: privileged and security-relevant acts, append-only, chained by hashes. docs/audit.md says how.

create table audit_entry (
  id              uuid           primary key,
  at              timestamptz(3) not null,
  action          text           not null,
  outcome         text           not null check (outcome in ('done', 'refused')),
  actor_kind      text           not null check (actor_kind in ('person', 'anonymous', 'system', 'commandLine')),
  actor_id        uuid,
  -- By which key of theirs, or who acted as them.
  api_key_id      uuid,
  impersonator_id uuid,
  session_id      uuid,
  request_id      text,
  target_kind     text           not null,
  target_id       uuid,
  -- Whom it concerns, also where the target is a thing of theirs.
  person_id       uuid,
  course_id       uuid,
  -- The personal part: from where, before and after. The chain covers its salted digest, so it can be erased.
  details         jsonb,
  salt            bytea,
  details_digest  bytea,
  -- The entry that tells of the erasure.
  erased_by       uuid,
  check ((details is null) = (salt is null)),
  check (details is null or details_digest is not null),
  check ((erased_by is not null) = (details is null and details_digest is not null))
);
create index audit_entry_at_idx on audit_entry (at, id);
create index audit_entry_action_idx on audit_entry (action, at, id);
create index audit_entry_actor_idx on audit_entry (actor_id, at, id) where actor_id is not null;
create index audit_entry_person_idx on audit_entry (person_id, at, id) where person_id is not null;
create index audit_entry_target_idx on audit_entry (target_id, at, id) where target_id is not null;
create index audit_entry_course_idx on audit_entry (course_id, at, id) where course_id is not null;
create index audit_entry_refused_idx on audit_entry (at, id) where outcome = 'refused';

-- Written in the same statement as an entry, and taken away when the entry is sealed: nobody has to look for what is
-- not sealed, and no transaction waits for another.
create table audit_unsealed (
  entry_id uuid primary key
);

-- The chain: each hash covers the one before it and its entry.
create table audit_seal (
  position bigint primary key,
  entry_id uuid   not null unique,
  hash     bytea  not null
);

-- Its end. Whoever seals holds the row, so that the chain has one end.
create table audit_chain (
  is_only  boolean primary key default true check (is_only),
  position bigint  not null,
  hash     bytea   not null
);

-- Where the chain begins since older entries were purged, and the entry that tells of it.
create table audit_checkpoint (
  position bigint primary key,
  hash     bytea  not null,
  entry_id uuid   not null
);

-- What was told of the end of the chain, once a day, to whoever keeps it outside.
create table audit_told_head (
  position bigint         not null,
  hash     bytea          not null,
  told_at  timestamptz(3) primary key
);

-- An entry never changes, but that its personal part is taken out; it goes only behind a checkpoint.
create function guard_audit_entry() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.erased_by is null and new.erased_by is not null
      and to_jsonb(new) - '{details,salt,erased_by}'::text[] = to_jsonb(old) - '{details,salt,erased_by}'::text[]
    then return new; end if;
  elsif exists (
    select from audit_seal s where s.entry_id = old.id and s.position <= (select max(position) from audit_checkpoint))
  then return old;
  end if;
  raise exception 'audit_entry is append-only' using errcode = 'restrict_violation';
end $$;
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function guard_audit_entry();
create trigger audit_entry_never_emptied before truncate on audit_entry
  for each statement execute function forbid_change();

create function guard_audit_seal() returns trigger language plpgsql as $$
begin
  if old.position <= (select max(position) from audit_checkpoint) then return old; end if;
  raise exception 'audit_seal is append-only' using errcode = 'restrict_violation';
end $$;
create trigger audit_seal_unchanged before update on audit_seal for each row execute function forbid_change();
create trigger audit_seal_append_only before delete on audit_seal
  for each row execute function guard_audit_seal();
create trigger audit_seal_never_emptied before truncate on audit_seal
  for each statement execute function forbid_change();

create trigger audit_checkpoint_append_only before update or delete on audit_checkpoint
  for each row execute function forbid_change();
create trigger audit_checkpoint_never_emptied before truncate on audit_checkpoint
  for each statement execute function forbid_change();
