import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { PictureKind } from '../picture/resize.ts';

export async function insertPicture(tx: Tx, id: string, kind: PictureKind, now: Date): Promise<void> {
  await tx.insertInto('picture').values({ id, kind, created_at: now }).execute();
}

/** Gives a person another picture, or none. Returns the id of the one before. */
export async function swapAvatar(
  tx: Tx,
  userId: string,
  id: string | null,
  now: Date,
): Promise<string | null> {
  const { rows } = await sql<{ avatar_id: string | null }>`
    with before as (select id, avatar_id from app_user where id = ${userId} for no key update)
    update app_user set avatar_id = ${id}, version = version + 1, updated_at = ${now}
    from before where app_user.id = before.id
    returning before.avatar_id`.execute(tx);
  return rows[0]?.avatar_id ?? null;
}

/** Gives a course another picture, or none; an address of one elsewhere goes too. The course must be locked. */
export async function swapCoursePicture(
  tx: Tx,
  courseId: string,
  id: string | null,
  now: Date,
): Promise<string | null> {
  const { rows } = await sql<{ picture_id: string | null }>`
    with before as (select id, picture_id from course where id = ${courseId})
    update course set picture_id = ${id}, image_url = null, version = version + 1, updated_at = ${now}
    from before where course.id = before.id
    returning before.picture_id`.execute(tx);
  return rows[0]?.picture_id ?? null;
}

export async function deletePicture(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('picture').where('id', '=', id).execute();
}

/** Deletes pictures from before that nobody has, at most so many. Returns their ids. */
export async function takeUnusedPictures(db: Db, before: Date, limit: number): Promise<string[]> {
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      delete from picture where id in (
        select id from picture
        where created_at < ${before}
          and not exists (select from app_user where avatar_id = picture.id)
          and not exists (select from course where picture_id = picture.id)
        limit ${limit} for update skip locked)
      returning id`.execute(tx);
    return rows.map(({ id }) => id);
  });
}
