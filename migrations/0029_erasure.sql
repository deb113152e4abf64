-- Wishes to be erased, and what became of them: the receipt, which names nobody once it is done.
create table erasure (
  id                         uuid           primary key,
  user_id                    uuid           not null references app_user,
  keeps_name_on_certificates boolean        not null,
  requested_at               timestamptz(3) not null,
  due_at                     timestamptz(3) not null,
  cancelled_at               timestamptz(3),
  erased_at                  timestamptz(3),
  -- How many rows of each table were deleted or emptied.
  counts                     jsonb,
  check (cancelled_at is null or erased_at is null),
  check ((erased_at is null) = (counts is null))
);
create unique index erasure_user_key on erasure (user_id) where cancelled_at is null;
create index erasure_due_idx on erasure (due_at) where cancelled_at is null and erased_at is null;

-- A certificate of somebody who was erased is still verified by its number, without the name.
alter table certificate alter column learner_name drop not null;
