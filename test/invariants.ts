import assert from 'node:assert/strict';
import pg from 'pg';
import { waitFor } from './wait.ts';

/** What must hold over the whole database whatever was killed: each statement lists the rows that break it. */
const violations: Record<string, string> = {
  'a completed enrollment has exactly one original certificate': `
    select e.id from enrollment e left join certificate c on c.enrollment_id = e.id and c.replaces_id is null
    where e.completed_at is not null group by e.id having count(c.id) <> 1`,
  'no certificate without a completion': `
    select c.id from certificate c join enrollment e on e.id = c.enrollment_id where e.completed_at is null`,
  'every certificate has its PDF': `
    select c.id from certificate c left join certificate_pdf p on p.certificate_id = c.id where p.certificate_id is null`,
  'each certificate was announced once': `
    select c.id from certificate c left join event v on v.type = 'certificate.issued' and v.data ->> 'certificateId' = c.id::text
    group by c.id having count(v.id) <> 1`,
  'each completion was announced once': `
    select e.id from enrollment e left join event v on v.type = 'enrollment.completed' and v.data ->> 'enrollmentId' = e.id::text
    where e.completed_at is not null group by e.id having count(v.id) <> 1`,
  'each enrollment was announced once': `
    select e.id from enrollment e left join event v on v.type = 'enrollment.created' and v.data ->> 'enrollmentId' = e.id::text
    group by e.id having count(v.id) <> 1`,
  'each completed lesson was announced once': `
    select p.lesson_id from lesson_progress p left join event v on v.type = 'lesson.completed'
      and v.data ->> 'enrollmentId' = p.enrollment_id::text and v.data ->> 'lessonId' = p.lesson_id::text
    where p.completed_at is not null group by p.enrollment_id, p.lesson_id having count(v.id) <> 1`,
  'each submitted attempt was announced once': `
    select a.id from attempt a left join event v on v.type = 'quiz.submitted' and v.data ->> 'attemptId' = a.id::text
    where a.submitted_at is not null group by a.id having count(v.id) <> 1`,
  'a passed quiz is a completed lesson': `
    select a.id from attempt a left join lesson_progress p on p.enrollment_id = a.enrollment_id and p.lesson_id = a.lesson_id
    where a.passed and p.completed_at is null`,
  'an active enrollment lacks at least one required lesson': `
    select e.id from enrollment e where e.completed_at is null and exists (
      select from lesson l where l.course_id = e.course_id and l.is_required and l.is_ready and l.deleted_at is null)
    and not exists (
      select from lesson l left join lesson_progress p on p.lesson_id = l.id and p.enrollment_id = e.id
      where l.course_id = e.course_id and l.is_required and l.is_ready and l.deleted_at is null and p.completed_at is null)`,
  'statistics count what is there': `
    select s.course_id from course_statistics s
    where s.completion_count <> (select count(*) from enrollment e where e.course_id = s.course_id and e.is_current and e.completed_at is not null)`,
  'no job is left behind or has failed': `
    select id, data ->> 'job' as job, state, output from pgboss.job
    where state = 'failed' or (state in ('created', 'retry', 'active') and start_after <= now())`,
};

/** Throws where the database breaks an invariant; the rows are in the message. */
export async function checkInvariants(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const [invariant, statement] of Object.entries(violations)) {
      const { rows } = await client.query(statement);
      assert.deepEqual(rows, [], `broken: ${invariant}`);
    }
  } finally {
    await client.end();
  }
}

/** Waits until every job is done and every invariant holds; throws with the one that does not. */
export async function waitForInvariants(databaseUrl: string, timeoutMs: number): Promise<void> {
  await waitFor('every invariant holds', () => holds(databaseUrl), timeoutMs).catch(() => {});
  await checkInvariants(databaseUrl);
}

function holds(databaseUrl: string): Promise<boolean> {
  return checkInvariants(databaseUrl).then(
    () => true,
    () => false,
  );
}
