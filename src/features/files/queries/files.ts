import { sql } from 'kysely';
import type { Standing } from '#features/courses/policy.ts';
import { isActingOver } from '#platform/db/acting.ts';
import { grantedPermissions } from '#platform/db/granted-permissions.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import type { FileUse } from '../policy.ts';

const fileColumns = [
  'file.id',
  'file.owner_id',
  'file.name',
  'file.media_type',
  'file.size_bytes',
  'file.sha256',
  'file.store_key',
  'file.created_at',
] as const;

export type FileRow = NonNullable<Awaited<ReturnType<typeof findFile>>>;
export type NewFile = Omit<FileRow, 'created_at'>;

type UseRow = {
  status: Standing['status'];
  staffRole: Standing['staffRole'];
  hasAccess: boolean;
  isPreview: boolean;
  isReady: boolean;
};

// Each different way once, so that a file of a thousand lessons gives a handful.
const usesFor = (viewerId: string | null) => sql<UseRow[]>`coalesce((
  select jsonb_agg(distinct jsonb_build_object(
    'status', course.status, 'staffRole', staff.role, 'hasAccess', own.id is not null,
    'isPreview', lesson.is_preview, 'isReady', lesson.is_ready))
  from (select lesson_id from lesson_file where file_id = file.id
        union select lesson_id from lesson_attachment where file_id = file.id) as used
  join lesson on lesson.id = used.lesson_id and lesson.deleted_at is null
  join course on course.id = lesson.course_id
  left join course_staff as staff on staff.course_id = course.id and staff.user_id = ${viewerId}
  left join enrollment as own on own.course_id = course.id and own.user_id = ${viewerId}
    and own.is_current and own.withdrawn_at is null), '[]')`;

export function findFile(db: Db, id: string) {
  return db.selectFrom('file').select(fileColumns).where('id', '=', id).executeTakeFirst();
}

/** A file with the ways in which the viewer (null: the anonymous) meets it in lessons. */
export async function findMetFile(db: Db, id: string, viewerId: string | null) {
  const row = await db
    .selectFrom('file')
    .select([...fileColumns, usesFor(viewerId).as('uses')])
    .where('file.id', '=', id)
    .executeTakeFirst();
  return row && { ...row, ownerId: row.owner_id, uses: row.uses.map(useOf) };
}

function useOf({ isPreview, isReady, ...standing }: UseRow): FileUse {
  return { standing, lesson: { isPreview, isReady } };
}

/** A person who is there and active, as a ticket's bearer. */
export function findBearer(db: Db, userId: string) {
  return db
    .selectFrom('app_user')
    .select(['id', 'role', grantedPermissions('app_user.id').as('granted')])
    .where('id', '=', userId)
    .where('deactivated_at', 'is', null)
    .executeTakeFirst();
}

/** Whom an admin acts as in this session, while they do. */
export function findActedAs(db: Db, sessionId: string, now: Date) {
  return db
    .selectFrom('session')
    .innerJoin('app_user', 'app_user.id', 'session.user_id')
    .select(['app_user.id', 'app_user.role', grantedPermissions('app_user.id').as('granted')])
    .where('session.id', '=', sessionId)
    .where('session.impersonator_id', 'is not', null)
    .where('session.ended_at', 'is', null)
    .where('session.expires_at', '>', now)
    .where('app_user.deactivated_at', 'is', null)
    .where((eb) => eb.not(isActingOver(now)))
    .executeTakeFirst();
}

/** Bytes of a person's files and announced uploads. */
export async function sumBytes(db: Db, ownerId: string): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`select ${bytesOf(ownerId)} as bytes`.execute(db);
  return rows[0]?.bytes ?? 0;
}

const bytesOf = (ownerId: string) => sql<number>`(
  coalesce((select sum(size_bytes) from file where owner_id = ${ownerId}), 0)
  + coalesce((select sum(size_bytes) from file_upload where owner_id = ${ownerId}), 0))`;

/** What a person adds and takes away of their bytes waits here for one another. */
export async function lockOwner(tx: Tx, ownerId: string): Promise<void> {
  await tx
    .selectFrom('app_user')
    .select('id')
    .where('id', '=', ownerId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** False where it would pass the quota; the owner must be locked, or two at once could. */
export async function insertFile(tx: Tx, file: NewFile, quotaBytes: number, now: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into file (id, owner_id, name, media_type, size_bytes, sha256, store_key, unused_since, created_at)
    select ${file.id}, ${file.owner_id}, ${file.name}, ${file.media_type}, ${file.size_bytes}, ${file.sha256},
           ${file.store_key}, ${now}, ${now}
    where ${bytesOf(file.owner_id)} + ${file.size_bytes} <= ${quotaBytes}
    returning id`.execute(tx);
  return rows.length > 0;
}

/** With its uses in lessons, locked: nothing begins or ceases to use it meanwhile. */
export async function lockMetFile(tx: Tx, id: string, viewerId: string) {
  const held = await tx.selectFrom('file').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
  // By a second statement, which sees what was committed while the first waited.
  return held && findMetFile(tx, id, viewerId);
}

/** The first lessons that use it, deleted ones left out. */
export async function listLessonsUsing(tx: Tx, fileId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select lesson.id
    from (select lesson_id from lesson_file where file_id = ${fileId}
          union select lesson_id from lesson_attachment where file_id = ${fileId}) as used
    join lesson on lesson.id = used.lesson_id and lesson.deleted_at is null
    order by lesson.id limit ${limit}`.execute(tx);
  return rows.map(({ id }) => id);
}

export async function deleteFileRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('file').where('id', '=', id).execute();
}
