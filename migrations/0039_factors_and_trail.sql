-- no-transaction
-- Second factors by custom role, and the trail searched by where an act came from: indexes made while others write to it.

-- Custom roles of which the institution wants a second factor, whether somebody has them directly or by a group.
create table if not exists mfa_required_role (
  role_id uuid primary key references custom_role on delete cascade
);

drop index concurrently if exists audit_entry_address_idx;
create index concurrently audit_entry_address_idx on audit_entry ((details ->> 'address'), at, id)
  where details ->> 'address' is not null;
drop index concurrently if exists audit_entry_api_key_idx;
create index concurrently audit_entry_api_key_idx on audit_entry (api_key_id, at, id) where api_key_id is not null;
-- A session and a request leave few, so their order costs nothing.
drop index concurrently if exists audit_entry_session_idx;
create index concurrently audit_entry_session_idx on audit_entry (session_id) where session_id is not null;
drop index concurrently if exists audit_entry_request_idx;
create index concurrently audit_entry_request_idx on audit_entry (request_id) where request_id is not null;
