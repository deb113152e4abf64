import { sql } from 'kysely';
import type { Tx } from '#platform/db/database.ts';

/** Takes away what connections know of somebody since then, also where they have let them go. Returns the connections. */
export async function deleteUserSince(
  tx: Tx,
  { userId, since }: { userId: string; since: Date },
): Promise<string[]> {
  const rows = await tx
    .deleteFrom('scim_user')
    .where('user_id', '=', userId)
    .where('created_at', '>=', since)
    .returning('connection_id')
    .execute();
  return rows.map((row) => row.connection_id);
}

/** By which subjects of which providers the connections that have somebody let them sign in. */
export async function listSubjectsOf(
  tx: Tx,
  userId: string,
): Promise<{ providerId: string; subject: string }[]> {
  const { rows } = await sql<{ providerId: string; subject: string }>`
    select provider_id as "providerId", external_id as subject
    from scim_user join scim_connection on scim_connection.id = connection_id
    where user_id = ${userId} and removed_at is null and provider_id is not null and external_id is not null`.execute(
    tx,
  );
  return rows;
}
