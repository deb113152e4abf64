-- Since when nobody but its person has chosen what opens the account. Null: somebody else chose its password or its address,
-- so what opens it may be in another's hands until the person shows who they are (src/features/identity/commands/drop-ways.ts).
alter table app_user add column own_since timestamptz(3);

-- Known of those who registered themselves and whom, by the trail, nobody else gave a password or an address since, and
-- of accounts that nothing opens. Of all others it is not known: the first link by address takes their ways away.
update app_user set own_since = created_at
where (
  exists (
    select from event
    where event.type = 'user.registered' and event.actor_id = app_user.id and event.data ->> 'userId' = app_user.id::text)
  and not exists (
    select from audit_entry
    where audit_entry.target_id = app_user.id and audit_entry.action in ('password.changed', 'email.changed', 'user.updated')
      and audit_entry.actor_id is distinct from app_user.id)
) or (
  password_hash is null
  and not exists (select from passkey where passkey.user_id = app_user.id)
  and not exists (select from api_key where api_key.user_id = app_user.id and api_key.revoked_at is null)
  and not exists (select from session where session.user_id = app_user.id and session.ended_at is null)
);
