import { escapeText } from '#platform/db/escape.ts';
import type { Session } from '#platform/db/session.ts';

/** The names of the migrations of a database; none where it was never migrated. */
export async function readMigrationNames(session: Session): Promise<string[]> {
  const [there] = await session.query<{ isThere: boolean }>(
    `select to_regclass('public.schema_migration') is not null as "isThere"`,
  );
  if (!there?.isThere) return [];
  const rows = await session.query<{ name: string }>(
    'select name from public.schema_migration order by name',
  );
  return rows.map(({ name }) => name);
}

/**
 * Before a database is replaced: what it knows of mails and deliveries since the backup, so that what has been sent is not
 * sent again. Its tables must have the columns of those of the backup.
 */
export function rememberSentSql(takenAt: string): string {
  const since = `${escapeText(takenAt)}::timestamptz`;
  return `
    create temp table known_mail on commit drop as select * from public.mail
      where updated_at >= ${since} and state not in ('queued', 'sending');
    create temp table known_delivery on commit drop as select * from public.webhook_delivery
      where created_at >= ${since} or started_at >= ${since};`;
}

/** Afterwards: what is known of mails to people and of events that the backup has takes the place of what it has. */
export const applySentSql = `
  insert into public.mail as m select k.* from pg_temp.known_mail k
    where exists (select from public.app_user u where u.id = k.user_id)
    on conflict (user_id, kind, cause) do update set
      state = excluded.state, attempts = excluded.attempts, unanswered = excluded.unanswered,
      address_hash = excluded.address_hash, error = excluded.error, updated_at = excluded.updated_at,
      sent_at = excluded.sent_at
    where m.state in ('queued', 'sending');
  insert into public.webhook_delivery as d select k.* from pg_temp.known_delivery k
    where exists (select from public.webhook w where w.id = k.webhook_id)
      and exists (select from public.event e where e.id = k.event_id)
    on conflict on constraint webhook_delivery_line_key do update set
      state = excluded.state, due_at = excluded.due_at, claimed_until = excluded.claimed_until,
      first_started_at = excluded.first_started_at, started_at = excluded.started_at,
      duration_ms = excluded.duration_ms, response_status = excluded.response_status,
      response_body = excluded.response_body, error_code = excluded.error_code,
      error_message = excluded.error_message
    where d.state = 'waiting';`;
