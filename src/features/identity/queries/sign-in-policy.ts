import { sql } from 'kysely';
import type { Permission, Role } from '#platform/auth/actor.ts';
import type { Db, Tx } from '#platform/db/database.ts';

/** Of whom the institution wants a second factor: by the role, and by custom roles, of which these are the ids. */
export type SignInPolicy = { mfaRequiredFor: Role[]; mfaRequiredForCustomRoles: string[] };

export function findSignInPolicy(db: Db): Promise<SignInPolicy> {
  return policyIn(db).executeTakeFirstOrThrow();
}

/** The same; nobody else changes it until the transaction ends. */
export function lockSignInPolicy(tx: Tx): Promise<SignInPolicy> {
  return policyIn(tx).forUpdate('sign_in_policy').executeTakeFirstOrThrow();
}

function policyIn(db: Db) {
  return db
    .selectFrom('sign_in_policy')
    .select((eb) => [
      eb.ref('mfa_required_for').$castTo<Role[]>().as('mfaRequiredFor'),
      sql<string[]>`array(select role_id from mfa_required_role order by role_id)`.as(
        'mfaRequiredForCustomRoles',
      ),
    ]);
}

/** What these custom roles give; those that there are. It stays so until the transaction ends. */
export async function holdCustomRoles(tx: Tx, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return tx
    .selectFrom('custom_role')
    .select((eb) => ['id', eb.ref('permissions').$castTo<Permission[]>().as('permissions')])
    .where('id', '=', sql<string>`any(${[...ids]}::uuid[])`)
    .orderBy('id')
    .forShare()
    .execute();
}

/** Locked before. */
export async function updateSignInPolicy(tx: Tx, policy: SignInPolicy): Promise<void> {
  const wanted = sql`${policy.mfaRequiredForCustomRoles}::uuid[]`;
  await sql`
    with gone as (delete from mfa_required_role where role_id <> all(${wanted})),
      come as (insert into mfa_required_role select unnest(${wanted}) on conflict do nothing)
    update sign_in_policy set mfa_required_for = ${policy.mfaRequiredFor}::text[]`.execute(tx);
}
