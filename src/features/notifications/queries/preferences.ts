import type { Db, Tx } from '#platform/db/database.ts';
import type { NotificationChannel, NotificationKind } from '../policy.ts';

export type PreferenceRow = { kind: string; channel: string; is_enabled: boolean };

/** What differs from the default, which is that everything is on. */
export function findPreferences(db: Db | Tx, userId: string): Promise<PreferenceRow[]> {
  return db
    .selectFrom('notification_preference')
    .select(['kind', 'channel', 'is_enabled'])
    .where('user_id', '=', userId)
    .execute();
}

export type NewPreference = { kind: NotificationKind; channel: NotificationChannel; isEnabled: boolean };

export async function upsertPreferences(
  tx: Tx,
  userId: string,
  preferences: readonly NewPreference[],
  now: Date,
): Promise<void> {
  await tx
    .insertInto('notification_preference')
    .values(
      preferences.map(({ kind, channel, isEnabled }) => ({
        user_id: userId,
        kind,
        channel,
        is_enabled: isEnabled,
        updated_at: now,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'kind', 'channel']).doUpdateSet((eb) => ({
        is_enabled: eb.ref('excluded.is_enabled'),
        updated_at: eb.ref('excluded.updated_at'),
      })),
    )
    .execute();
}

export async function deletePreferences(
  tx: Tx,
  userId: string,
  preferences: readonly Pick<NewPreference, 'kind' | 'channel'>[],
): Promise<void> {
  await tx
    .deleteFrom('notification_preference')
    .where('user_id', '=', userId)
    .where((eb) =>
      eb.or(
        preferences.map(({ kind, channel }) => eb.and([eb('kind', '=', kind), eb('channel', '=', channel)])),
      ),
    )
    .execute();
}

/** Those among the people who have switched this off. */
export async function listUnwilling(
  db: Db | Tx,
  {
    kind,
    channel,
    userIds,
  }: { kind: NotificationKind; channel: NotificationChannel; userIds: readonly string[] },
): Promise<string[]> {
  const rows = await db
    .selectFrom('notification_preference')
    .select('user_id')
    .where('kind', '=', kind)
    .where('channel', '=', channel)
    .where('user_id', 'in', [...userIds])
    .where('is_enabled', '=', false)
    .execute();
  return rows.map((row) => row.user_id);
}

/** One statement, which writes nothing for a person who is not there. */
export async function insertSwitchedOff(
  db: Db,
  { userId, kind, channel }: { userId: string; kind: NotificationKind; channel: NotificationChannel },
  now: Date,
): Promise<boolean> {
  const row = await db
    .insertInto('notification_preference')
    .columns(['user_id', 'kind', 'channel', 'is_enabled', 'updated_at'])
    .expression((eb) =>
      eb
        .selectFrom('app_user')
        .select([
          'app_user.id',
          eb.cast<string>(eb.val(kind), 'text').as('kind'),
          eb.cast<NotificationChannel>(eb.val(channel), 'text').as('channel'),
          eb.cast<boolean>(eb.val(false), 'boolean').as('is_enabled'),
          eb.cast<Date>(eb.val(now), 'timestamptz').as('updated_at'),
        ])
        .where('app_user.id', '=', userId),
    )
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'kind', 'channel']).doUpdateSet({ is_enabled: false, updated_at: now }),
    )
    .returning('user_id')
    .executeTakeFirst();
  return row !== undefined;
}
