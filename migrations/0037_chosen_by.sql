-- Who else has ever chosen the password or the address: as long as these may do all that the person may, nobody gained
-- anything by it. Empty: nobody. Null: it is not known who (src/features/identity/commands/secure-rise.ts).
alter table app_user add column chosen_by uuid[];

-- Known where nobody has, and where the trail knows all of them from when the account was made.
update app_user set chosen_by = '{}' where own_since = created_at;

update app_user set chosen_by = chosen.actors
from (
  select target_id, array_agg(distinct actor_id) filter (where actor_id <> target_id) as actors
  from audit_entry
  where action in ('user.created', 'password.changed', 'email.changed')
  group by target_id
  having bool_or(action = 'user.created') and bool_and(actor_id is not null)
) as chosen
where app_user.id = chosen.target_id and app_user.own_since is null;
