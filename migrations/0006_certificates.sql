-- Certificates as they were issued. Renaming a person or a course later changes nothing here.

create table certificate (
  id                uuid           primary key,
  number            text           not null unique,
  enrollment_id     uuid           not null references enrollment,
  user_id           uuid           not null references app_user,
  course_id         uuid           not null references course,
  learner_name      text           not null,
  course_title      text           not null,
  language          text           not null,
  issuer            text           not null,
  completed_at      timestamptz(3) not null,
  issued_at         timestamptz(3) not null,
  expires_at        timestamptz(3),
  revoked_at        timestamptz(3),
  revocation_reason text,
  replaces_id       uuid           unique references certificate,
  check ((revoked_at is null) = (revocation_reason is null))
);
-- One a completion, whatever runs twice; a correction replaces it, so at most one stands unrevoked.
create unique index certificate_original_key on certificate (enrollment_id) where replaces_id is null;
create unique index certificate_valid_key on certificate (enrollment_id) where revoked_at is null;
create index certificate_issued_idx on certificate (issued_at, id);
create index certificate_user_idx on certificate (user_id, issued_at, id);
create index certificate_course_idx on certificate (course_id, issued_at, id);

create table certificate_pdf (
  certificate_id uuid  primary key references certificate,
  content        bytea not null,
  sha256         bytea not null
);
