import assert from 'node:assert/strict';
import pg from 'pg';
import { announcedOnce, consistencyChecks } from '#features/backups/queries/consistency.ts';
import { waitFor } from './wait.ts';

const countedLessons = `select l.id from lesson l
  where l.course_id = e.course_id and l.is_required and l.is_ready and l.deleted_at is null`;

/** What must hold over the whole database whatever was killed, once it is at rest: each statement lists the rows that break it. */
const violations: Record<string, string> = {
  ...consistencyChecks,
  'a completed enrollment has exactly one original certificate': `
    select e.id from enrollment e left join certificate c on c.enrollment_id = e.id and c.replaces_id is null
    where e.completed_at is not null group by e.id having count(c.id) <> 1`,
  'every certificate with a name has its PDF': `
    select c.id from certificate c left join certificate_pdf p on p.certificate_id = c.id where p.certificate_id is null and c.learner_name is not null`,
  'each certificate was announced once': announcedOnce('certificate.issued', 'certificate', {
    certificateId: 'id',
  }),
  'a passed quiz is a completed lesson': `
    select a.id from attempt a left join lesson_progress p on p.enrollment_id = a.enrollment_id and p.lesson_id = a.lesson_id
    where a.passed and p.completed_at is null`,
  'an attempt does not stay open minutes after its time': `
    select a.id from attempt a where a.status = 'inProgress' and a.expires_at < now() - interval '3 minutes'`,
  'stored progress is what the lessons say': `
    select e.id, e.progress_percent from enrollment e where e.completed_at is null and e.withdrawn_at is null
    and e.progress_percent <> coalesce((
      select floor(100.0 * count(p.completed_at) / nullif(count(*), 0)) from (${countedLessons}) l
      left join lesson_progress p on p.lesson_id = l.id and p.enrollment_id = e.id), 0)`,
  'an active enrollment lacks at least one required lesson': `
    select e.id from enrollment e where e.completed_at is null and exists (${countedLessons}) and not exists (
      select from (${countedLessons}) l left join lesson_progress p on p.lesson_id = l.id and p.enrollment_id = e.id
      where p.completed_at is null)`,
  'statistics count what is there': `
    select s.course_id from course_statistics s where (enrollment_count, completion_count, rating_count, rating_sum) <> (
      (select count(*) from enrollment e where e.course_id = s.course_id and e.is_current and e.withdrawn_at is null),
      (select count(e.completed_at) from enrollment e where e.course_id = s.course_id),
      (select count(*) from review r where r.course_id = s.course_id),
      (select coalesce(sum(r.rating), 0) from review r where r.course_id = s.course_id))`,
  'what stands beside a person of their second factors is what they have': `
    select u.id from app_user u where (u.has_totp, u.has_passkey) <> (
      exists (select from totp_factor t where t.user_id = u.id and t.secret is not null),
      exists (select from passkey p where p.user_id = u.id))`,
  'recovery codes stand in for something': `
    select u.id from app_user u join recovery_code r on r.user_id = u.id where not u.has_totp and not u.has_passkey`,
  'every entry of the audit trail is sealed or waits for it': `
    select e.id from audit_entry e where not exists (select from audit_seal s where s.entry_id = e.id)
    and not exists (select from audit_unsealed u where u.entry_id = e.id)`,
  'the chain of the audit trail has no gap': `
    select c.position from audit_chain c where c.position <> (
      select count(*) from audit_seal) + coalesce((select max(position) from audit_checkpoint), 0)`,
  'no job is left behind or has failed': `
    select id, data ->> 'job' as job, state, output from pgboss.job
    where state in ('failed', 'retry', 'active') or (state = 'created' and start_after <= now())`,
};

/** Throws where the database breaks an invariant; the rows are in the message. */
export async function checkInvariants(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    for (const [invariant, statement] of Object.entries(violations)) {
      const { rows } = await client.query(statement);
      assert.deepEqual(rows, [], `broken: ${invariant}`);
    }
  });
}

/** A connection of the test's own, past the program's pool. */
export async function withClient<T>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Waits until every job is done and every invariant holds; throws with the one that does not. */
export async function waitForInvariants(databaseUrl: string, timeoutMs: number): Promise<void> {
  const isWell = await waitFor('every invariant holds', () => holds(databaseUrl), timeoutMs).then(
    () => true,
    () => false,
  );
  // Not once more where they held: by now a scheduler may have made another job.
  if (!isWell) await checkInvariants(databaseUrl);
}

function holds(databaseUrl: string): Promise<boolean> {
  return checkInvariants(databaseUrl).then(
    () => true,
    () => false,
  );
}
