import { escapeText } from '#platform/db/escape.ts';
import type { Session } from '#platform/db/session.ts';

/** A wish to be erased, as a database knows it that is replaced. Times as texts. */
export type KnownErasure = {
  id: string;
  user_id: string;
  keeps_name_on_certificates: boolean;
  requested_at: string;
  due_at: string;
  cancelled_at: string | null;
  erased_at: string | null;
  is_by_retention?: boolean;
};

/** What became of wishes to be erased since a backup; undefined in a database that knows of none, such as an empty one. */
export async function readErasuresSince(
  session: Session,
  takenAt: string,
): Promise<KnownErasure[] | undefined> {
  const [there] = await session.query<{ isThere: boolean }>(
    `select to_regclass('public.erasure') is not null as "isThere"`,
  );
  if (!there?.isThere) return undefined;
  const rows = await session.query<{ row: KnownErasure }>(
    `select to_jsonb(erasure) as row from public.erasure
     where greatest(requested_at, cancelled_at, erased_at) >= $1 order by id`,
    [takenAt],
  );
  return rows.map(({ row }) => row);
}

/**
 * For the database that takes its place: who was erased since the backup is to be erased again, who asked for it has asked, who
 * took it back has done so. Of people whom it has; again it changes nothing.
 */
export function repeatErasuresSql(known: readonly KnownErasure[]): string {
  if (known.length === 0) return '';
  const rows = known.map((row) => ({
    ...row,
    // Whoever was erased is so again, whatever their account is in the backup.
    is_by_retention: row.is_by_retention === true && row.erased_at === null,
  }));
  return `
    create temp table known_erasure as
      select k.* from jsonb_to_recordset(${escapeText(JSON.stringify(rows))}::jsonb) as k (
        id uuid, user_id uuid, keeps_name_on_certificates boolean, requested_at timestamptz, due_at timestamptz,
        cancelled_at timestamptz, is_by_retention boolean)
      where exists (select from public.app_user u where u.id = k.user_id);
    update public.erasure e set cancelled_at = k.cancelled_at from pg_temp.known_erasure k
      where k.id = e.id and k.cancelled_at is not null and e.cancelled_at is null and e.erased_at is null;
    insert into public.erasure
        (id, user_id, keeps_name_on_certificates, requested_at, due_at, cancelled_at, is_by_retention)
      select id, user_id, keeps_name_on_certificates, requested_at, due_at, cancelled_at, is_by_retention
      from pg_temp.known_erasure on conflict do nothing;
    drop table pg_temp.known_erasure;`;
}

/** Of these wishes, those that are to be done. */
export async function listWaiting(session: Session, ids: readonly string[]): Promise<string[]> {
  const rows = await session.query<{ id: string }>(
    `select id from public.erasure
     where id = any($1::uuid[]) and cancelled_at is null and erased_at is null order by id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}
