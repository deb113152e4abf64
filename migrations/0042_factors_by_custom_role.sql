-- Custom roles of which the institution wants a second factor, whether somebody has them directly or by a group.
create table mfa_required_role (
  role_id uuid primary key references custom_role on delete cascade
);
