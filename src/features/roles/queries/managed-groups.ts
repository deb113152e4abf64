import { sql } from 'kysely';
import type { Tx } from '#platform/db/database.ts';

type Managed = { connectionId: string; id: string };

/** A directory's group, held until the transaction ends: its members change one request after the other. */
export function lockManagedGroup(tx: Tx, { connectionId, id }: Managed) {
  return tx
    .selectFrom('user_group')
    .select(['id', 'name', 'external_id', 'version'])
    .where('id', '=', id)
    .where('managed_by', '=', connectionId)
    .forUpdate()
    .executeTakeFirst();
}

export async function markManaged(
  tx: Tx,
  { id, connectionId, externalId }: Managed & { externalId: string | null },
): Promise<void> {
  await tx
    .updateTable('user_group')
    .set({ managed_by: connectionId, external_id: externalId })
    .where('id', '=', id)
    .execute();
}

/** With a new version, whatever changed: who is in it counts, too. */
export async function updateManagedGroup(
  tx: Tx,
  id: string,
  fields: { name?: string; external_id?: string | null },
  now: Date,
): Promise<void> {
  await tx
    .updateTable('user_group')
    .set((eb) => ({ ...fields, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .execute();
}

/** Returns those of them who were not in it yet. Harmless for those who were. */
export async function insertMembers(
  tx: Tx,
  id: string,
  userIds: readonly string[],
  now: Date,
): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    insert into user_group_member (group_id, user_id, created_at)
    select ${id}, person, ${now} from unnest(${[...userIds]}::uuid[]) as person
    on conflict do nothing returning user_id as "userId"`.execute(tx);
  return rows.map(({ userId }) => userId);
}

/** Returns those of them who were in it. */
export async function deleteMembers(tx: Tx, id: string, userIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    delete from user_group_member where group_id = ${id} and user_id = any(${[...userIds]}::uuid[])
    returning user_id as "userId"`.execute(tx);
  return rows.map(({ userId }) => userId);
}

/** Takes out everybody who is not among them, and returns who that was. */
export async function deleteOtherMembers(tx: Tx, id: string, userIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    delete from user_group_member where group_id = ${id} and user_id <> all(${[...userIds]}::uuid[])
    returning user_id as "userId"`.execute(tx);
  return rows.map(({ userId }) => userId);
}

/** Takes somebody out of all groups of a directory, and returns which. */
export async function deleteManagedMemberships(
  tx: Tx,
  { connectionId, userId }: { connectionId: string; userId: string },
): Promise<string[]> {
  const { rows } = await sql<{ groupId: string }>`
    delete from user_group_member using user_group
    where user_group.id = group_id and managed_by = ${connectionId} and user_id = ${userId}
    returning group_id as "groupId"`.execute(tx);
  return rows.map(({ groupId }) => groupId);
}
