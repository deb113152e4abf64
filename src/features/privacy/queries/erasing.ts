import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '#platform/db/database.ts';
import type { Entry } from '../register/entry.ts';

export type Whom = { personId: string; now: Date };

/** Deletes or empties the person's rows of one table. Returns how many there were; none where they stay. */
export async function eraseRows(tx: Tx, entry: Entry, whom: Whom): Promise<number> {
  const { table, of, erasure } = entry;
  if (erasure === 'keep' || erasure === 'byTrail') return 0;
  const whose = filled(of, whom);
  if (erasure === 'delete') {
    const { rows } = await sql`delete from ${sql.table(table)} where ${whose} returning 1`.execute(tx);
    return rows.length;
  }
  const changes = Object.entries(erasure.set).map(
    ([column, value]) => sql`${sql.ref(column)} = ${filled(value, whom)}`,
  );
  const { rows } = await sql`
    update ${sql.table(table)} set ${sql.join(changes)} where ${whose} returning 1`.execute(tx);
  return rows.length;
}

// The register is text of this program; only the person and the time are values.
function filled(text: string, { personId, now }: Whom): RawBuilder<unknown> {
  const parts = text.split(/(\$person|\$now)/);
  const value = { $person: personId, $now: now } as const;
  return sql.join(
    parts.map((part) => (part === '$person' || part === '$now' ? sql`${value[part]}` : sql.raw(part))),
    sql.raw(''),
  );
}

/** Certificates lose the name. Before the rest, since their documents follow from it. */
export async function takeNames(tx: Tx, personId: string): Promise<void> {
  await sql`
    update certificate set learner_name = null
    where user_id = ${personId} and learner_name is not null`.execute(tx);
}

/** Deletes the person's files that no lesson uses. Returns how many, and where the bytes are. */
export async function deleteUnusedFiles(tx: Tx, personId: string): Promise<string[]> {
  const { rows } = await sql<{ store_key: string }>`
    delete from file where owner_id = ${personId}
      and not exists (select from lesson_file where file_id = file.id)
      and not exists (select from lesson_attachment where file_id = file.id)
    returning store_key`.execute(tx);
  return rows.map((row) => row.store_key);
}

/** Where bytes are that go with the person: of nameless certificates' documents, exports, uploads, and the picture. */
export async function findStored(
  tx: Tx,
  personId: string,
): Promise<{ keys: string[]; avatarId: string | null }> {
  const { rows } = await sql<{ keys: string[]; avatar_id: string | null }>`
    select avatar_id, array(
      select storage_key from certificate_pdf join certificate on certificate.id = certificate_id
      where user_id = app_user.id and learner_name is null and storage_key is not null
      union all
      select store_key from data_export where user_id = app_user.id and store_key is not null
      union all
      select store_key from file_upload where owner_id = app_user.id and store_key is not null
    ) as keys
    from app_user where id = ${personId}`.execute(tx);
  return { keys: rows[0]?.keys ?? [], avatarId: rows[0]?.avatar_id ?? null };
}

export async function deleteAvatar(tx: Tx, id: string): Promise<void> {
  await sql`delete from picture where id = ${id}`.execute(tx);
}

/** Sessions that are open, to be told of after the commit. */
export async function listOpenSessions(tx: Tx, personId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from session where user_id = ${personId} and ended_at is null`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Mails to the person: where there is no mail server they are files, named by these ids. */
export async function listMails(tx: Tx, personId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from mail where user_id = ${personId}`.execute(tx);
  return rows.map(({ id }) => id);
}
