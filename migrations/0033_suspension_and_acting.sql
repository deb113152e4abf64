-- Somebody suspended is deactivated since the very moment that stands here, too: code that knows no suspensions sees them
-- as deactivated, and whatever it makes of that, one is activated or deactivated by it and suspended no more.
alter table app_user add column suspended_at timestamptz(3);

-- What is said of a suspension. Counts only while the person is suspended.
create table suspension (
  user_id          uuid           primary key references app_user on delete cascade,
  reason           text           not null,
  is_reason_told   boolean        not null,
  -- Null: until somebody ends it.
  ends_at          timestamptz(3),
  suspended_by     uuid           not null
);
create index suspension_ends_idx on suspension (ends_at) where ends_at is not null;

-- A session by which an admin acts as the person: who, in which session of their own, and why.
alter table session
  add column impersonator_id         uuid,
  add column impersonator_session_id uuid,
  add column impersonation_reason    text,
  add constraint session_impersonation_check check (
    num_nonnulls(impersonator_id, impersonator_session_id, impersonation_reason) in (0, 3));
create index session_impersonator_idx on session (impersonator_id) where impersonator_id is not null;
create index session_impersonator_session_idx on session (impersonator_session_id)
  where impersonator_session_id is not null;

create index audit_entry_impersonator_idx on audit_entry (impersonator_id, at, id) where impersonator_id is not null;
