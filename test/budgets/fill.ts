import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';
import type { World } from '../access/world.ts';

/** More than a page can hold. */
const rowCount = 120;

type Clone = {
  table: string;
  /** SQL that finds the one row to copy. */
  where: string;
  /** What differs in the copies, as SQL; `n` counts them from 1. */
  change: Record<string, string>;
};

/**
 * Copies rows until each list has more than a page. Straight into the database, since over HTTP it would take
 * a minute; what a list answers with is still held against its schema.
 */
export async function fillLists(deps: Deps, world: World): Promise<void> {
  for (const clone of clonesOf(world)) await copyRows(deps.db, clone);
  await insertPasskeys(deps.db, world.people.owner.id, 1);
  await insertPasskeys(deps.db, world.people.coInstructor.id, rowCount);
  await insertExports(deps.db, world.people.student.id);
  const definition = defineJob({ name: 'planted.waiting', queue: 'emails', payload: object({}) });
  const jobs = Array.from({ length: rowCount }, () => ({ definition, payload: {} }));
  await inTransaction(deps.db, (tx) => deps.jobs.enqueueAll(tx, jobs));
}

/** Whose archives are no more. */
async function insertExports(db: Db, userId: string): Promise<void> {
  await sql`
    insert into data_export (id, user_id, task_id, requested_at, ready_at, expires_at, size_bytes, sha256)
    select gen_random_uuid(), ${userId}, gen_random_uuid(), past, past, past, 1, 'x'
    from generate_series(1, ${rowCount}) as n, lateral (select now() - n * interval '1 day' as past) as days`.execute(
    db,
  );
}

const filler = {
  user: `(select id from app_user where name = 'Filler ' || n)`,
  course: `(select id from course where slug = 'filler-' || n)`,
};

function clonesOf({
  people,
  published,
  submittedAttempt,
  certificate,
  webhook,
  files,
  roles,
  sso,
  scim,
  imported,
}: World): Clone[] {
  const student = `'${people.student.id}'`;
  const ofCourse = `course_id = '${published.id}'`;
  const ownEnrollment = `(select id from enrollment where user_id = ${student} and course_id = ${filler.course})`;
  const theirEnrollment = `(select id from enrollment where user_id = ${filler.user} and ${ofCourse})`;
  const newCertificate = `(select id from certificate where number = 'FILLER-' || n)`;
  const id = 'gen_random_uuid()';
  const mailId = `(select id from mail where user_id = ${student} order by id limit 1)`;
  return [
    {
      table: 'mail',
      where: `id = ${mailId}`,
      change: { id, cause: `'filler ' || n`, message_id: `'filler ' || n` },
    },
    {
      table: 'app_user',
      where: `id = ${student}`,
      change: { id, name: `'Filler ' || n`, email: 'null', email_key: 'null' },
    },
    {
      table: 'custom_role',
      where: `id = '${roles.roleId}'`,
      change: { id, name: `'Filler ' || n` },
    },
    {
      table: 'custom_role_member',
      where: `role_id = '${roles.roleId}'`,
      change: { user_id: filler.user },
    },
    {
      table: 'user_group',
      where: `id = '${roles.groupId}'`,
      change: { id, name: `'Filler ' || n` },
    },
    {
      table: 'user_group_member',
      where: `group_id = '${roles.groupId}'`,
      change: { user_id: filler.user },
    },
    {
      table: 'sso_provider',
      where: `id = '${sso.providerId}'`,
      change: { id, key: `'filler-' || n` },
    },
    {
      table: 'external_identity',
      where: `id = '${sso.identityId}'`,
      change: { id, subject: `'filler-' || n` },
    },
    {
      table: 'scim_connection',
      where: `id = '${scim.connectionId}'`,
      change: {
        id,
        secret_hash: `sha256(('scim' || n)::bytea)`,
        previous_secret_hash: 'null',
        previous_secret_until: 'null',
      },
    },
    {
      table: 'scim_user',
      where: `user_id = '${scim.userId}'`,
      change: { user_id: filler.user, user_name: `'filler-' || n`, user_name_key: `'filler-' || n` },
    },
    {
      table: 'user_group',
      where: `id = '${scim.groupId}'`,
      change: { id, name: `'Filler of the directory ' || n` },
    },
    {
      table: 'task',
      where: `id = '${imported.taskId}'`,
      change: { id, owner_id: student },
    },
    {
      table: 'csv_import_row',
      where: `import_id = '${imported.id}' and line = 3`,
      change: { id, line: '3 + n' },
    },
    {
      table: 'session',
      where: `id = (select min(id::text)::uuid from session where user_id = ${student})`,
      // Older than the one that is in use.
      change: { id, created_at: `source.created_at - interval '1 day'` },
    },
    {
      table: 'api_key',
      where: `id = '${roles.apiKeyId}'`,
      change: {
        id,
        secret_hash: `sha256(n::text::bytea)`,
        revoked_at: 'source.created_at',
        previous_secret_hash: 'null',
        previous_secret_until: 'null',
      },
    },
    { table: 'course', where: `id = '${published.id}'`, change: { id, slug: `'filler-' || n` } },
    {
      table: 'course_slug',
      where: `slug = '${published.slug}'`,
      change: { slug: `'filler-' || n`, course_id: filler.course },
    },
    { table: 'course_statistics', where: ofCourse, change: { course_id: filler.course } },
    { table: 'course_staff', where: `${ofCourse} and role = 'owner'`, change: { course_id: filler.course } },
    { table: 'course_staff', where: `${ofCourse} and role = 'observer'`, change: { user_id: filler.user } },
    { table: 'section', where: `id = '${published.sectionId}'`, change: { id, title: `'Filler ' || n` } },
    { table: 'lesson', where: `id = '${published.textLessonId}'`, change: { id, title: `'Filler ' || n` } },
    { table: 'enrollment', where: `id = '${published.enrollmentId}'`, change: { id, user_id: filler.user } },
    {
      table: 'enrollment',
      where: `id = '${published.enrollmentId}'`,
      change: { id, course_id: filler.course },
    },
    {
      table: 'review',
      where: `enrollment_id = '${published.enrollmentId}'`,
      change: { enrollment_id: theirEnrollment, user_id: filler.user },
    },
    {
      table: 'file',
      where: `id = '${files.attachedId}'`,
      change: { id, store_key: `'filler/' || n` },
    },
    {
      table: 'lesson_attachment',
      where: `file_id = '${files.attachedId}'`,
      change: { id, file_id: `(select id from file where store_key = 'filler/' || n)`, position: '1000 + n' },
    },
    { table: 'question', where: `id = '${published.questionId}'`, change: { id, position: '1000 + n' } },
    { table: 'attempt', where: `id = '${submittedAttempt.id}'`, change: { id, number: '1000 + n' } },
    {
      table: 'certificate',
      where: `id = '${certificate.id}'`,
      change: { id, number: `'FILLER-' || n`, enrollment_id: ownEnrollment },
    },
    {
      table: 'notification',
      where: `id = (select min(id::text)::uuid from notification where user_id = ${student})`,
      change: { id, event_id: id },
    },
    {
      table: 'certificate_pdf',
      where: `certificate_id = '${certificate.id}'`,
      change: { certificate_id: newCertificate },
    },
    { table: 'webhook', where: `id = '${webhook.id}'`, change: { id, is_active: 'false' } },
    { table: 'webhook_delivery', where: `id = '${webhook.deliveryId}'`, change: { id, request_id: id } },
  ];
}

async function copyRows(db: Db, { table, where, change }: Clone): Promise<void> {
  const columns = await sql<{ name: string }>`
    select column_name as name from information_schema.columns
    where table_schema = 'public' and table_name = ${table} and is_generated = 'NEVER' and is_identity = 'NO'`.execute(
    db,
  );
  const names = columns.rows.map(({ name }) => name);
  const values = names.map((name) => change[name] ?? `source.${name}`);
  const text = `insert into ${table} (${names.join(', ')}) select ${values.join(', ')}
    from (select * from ${table} where ${where}) as source, generate_series(1, ${rowCount}) as n`;
  await sql.raw(text).execute(db);
}

// Not as one sets them up: their owners sign in as before.
async function insertPasskeys(db: Db, userId: string, count: number): Promise<void> {
  await sql`
    insert into passkey (id, user_id, credential_id, public_key, sign_count, transports, is_backed_up, name, created_at)
    select gen_random_uuid(), ${userId}, sha256((${userId} || n)::bytea), '', 0, '{}', false, 'Filler', now()
    from generate_series(1, ${count}::int) as n`.execute(db);
}
