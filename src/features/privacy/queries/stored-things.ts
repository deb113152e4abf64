import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

const atOnce = 200;
const firstId = '00000000-0000-0000-0000-000000000000';

/** `content` where it has not moved to the store yet. */
export type StoredThing = {
  id: string;
  name: string;
  created_at: Date;
  size_bytes: number;
  store_key: string | null;
  content: Buffer | null;
};

/** Files that the person uploaded, but for those of people and enrollments: what is in them is of others. */
export function uploadedFiles(db: Db, personId: string): AsyncGenerator<StoredThing[]> {
  return pages(async (after) => {
    const { rows } = await sql<StoredThing>`
      select id, name, created_at, size_bytes, store_key, null as content from file
      where owner_id = ${personId} and id > ${after}
        and not exists (select from csv_import where csv_import.file_id = file.id)
      order by id limit ${atOnce}`.execute(db);
    return rows;
  });
}

/** The documents of the person's certificates that are in force. */
export function certificateDocuments(db: Db, personId: string): AsyncGenerator<StoredThing[]> {
  return pages(async (after) => {
    const { rows } = await sql<StoredThing>`
      select id, number as name, issued_at as created_at, coalesce(size_bytes, length(content)) as size_bytes,
        storage_key as store_key, content
      from certificate join certificate_pdf on certificate_id = certificate.id
      where user_id = ${personId} and id > ${after} and revoked_at is null and learner_name is not null
      order by id limit ${atOnce}`.execute(db);
    return rows;
  });
}

/** The id of the person's picture, and what decides on the words of their archive; undefined where they are not active. */
export async function findSubject(
  db: Db,
  personId: string,
): Promise<{ locale: string; avatarId: string | null } | undefined> {
  return db
    .selectFrom('app_user')
    .select(['locale', 'avatar_id as avatarId'])
    .where('id', '=', personId)
    .where('deactivated_at', 'is', null)
    .executeTakeFirst();
}

async function* pages(read: (after: string) => Promise<StoredThing[]>): AsyncGenerator<StoredThing[]> {
  let after = firstId;
  for (let count = atOnce; count === atOnce;) {
    const rows = await read(after);
    if (rows.length > 0) yield rows;
    count = rows.length;
    after = rows.at(-1)?.id ?? after;
  }
}
