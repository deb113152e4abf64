import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { jobs } from '#app/jobs.ts';
import type { Config } from '#platform/config/config.ts';
import { retentionSettings } from '#platform/config/retention-settings.ts';
import { runSql } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import { ok } from '#test/loop.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

type Key = Extract<(typeof retentionSettings)[number]['key'], keyof Config>;
/** What is kept for so long: how a row of now is made, `$1` its id, `$2` whose it is, `$3` now; and what takes it away. */
type Kept = { what: string; setting: Key; table: string; job: string; insert: string };

// Each some days more than by default.
const days = {
  sessionRetentionDays: 20,
  apiKeyRetentionDays: 120,
  idempotencyKeyRetentionDays: 5,
  notificationReadRetentionDays: 110,
  notificationRetentionDays: 400,
  mailRetentionDays: 105,
  webhookDeliveryRetentionDays: 40,
  taskRetentionDays: 100,
  deactivatedAccountEraseDays: 18,
} as const satisfies Partial<Record<Key, number>>;

const kept: readonly Kept[] = [
  {
    what: 'a session that ended',
    setting: 'sessionRetentionDays',
    table: 'session',
    job: 'identity.purge-sessions',
    insert: `insert into session (id, user_id, created_at, last_used_at, expires_at, ended_at, end_reason)
      values ($1, $2, $3, $3, $3::timestamptz + interval '1 year', $3, 'logout')`,
  },
  {
    what: 'a mailed link that expired',
    setting: 'sessionRetentionDays',
    table: 'email_token',
    job: 'identity.purge-sessions',
    insert: `insert into email_token (id, user_id, purpose, token_hash, created_at, expires_at)
      values ($1, $2, 'invitation', 'x', $3, $3)`,
  },
  {
    what: 'an API key that was revoked',
    setting: 'apiKeyRetentionDays',
    table: 'api_key',
    job: 'identity.purge-sessions',
    insert: `insert into api_key (id, user_id, name, hint, secret_hash, scopes, expires_at, revoked_at, created_at)
      values ($1, $2, 'k', 'h', 'x', '{}', $3::timestamptz + interval '1 year', $3, $3)`,
  },
  {
    what: 'an answer that is repeated',
    setting: 'idempotencyKeyRetentionDays',
    table: 'idempotency_key',
    job: 'operation.purge-idempotency-keys',
    insert: `insert into idempotency_key (actor_id, operation, key, request_hash, locked_until, created_at)
      values ($2, 'o', $1::uuid::text, 'x', $3, $3)`,
  },
  {
    what: 'a notification that was read',
    setting: 'notificationReadRetentionDays',
    table: 'notification',
    job: 'notifications.purge',
    insert: `insert into notification (id, user_id, event_id, kind, event_type, data, sequence, created_at, read_at)
      values ($1, $2, $1, 'grade', 'x', '{}', 1, $3, $3)`,
  },
  {
    what: 'a notification that was not',
    setting: 'notificationRetentionDays',
    table: 'notification',
    job: 'notifications.purge',
    insert: `insert into notification (id, user_id, event_id, kind, event_type, data, sequence, created_at)
      values ($1, $2, $1, 'grade', 'x', '{}', 2, $3)`,
  },
  {
    what: 'a mail that was sent',
    setting: 'mailRetentionDays',
    table: 'mail',
    job: 'mail.purge',
    insert: `insert into mail (id, user_id, kind, cause, params, message_id, state, created_at, updated_at, sent_at)
      values ($1, $2, 'welcome', $1::uuid::text, '{}', $1::uuid::text, 'sent', $3, $3, $3)`,
  },
  {
    what: 'a delivery of a webhook',
    setting: 'webhookDeliveryRetentionDays',
    table: 'webhook_delivery',
    job: 'webhooks.purge',
    insert: `insert into webhook_delivery (id, webhook_id, event_id, event_type, attempt, state, created_at, due_at)
      select $1, id, $1, 'ping', 1, 'delivered', $3, $3 from webhook where $2::uuid is not null limit 1`,
  },
  {
    what: 'an import',
    setting: 'taskRetentionDays',
    table: 'csv_import',
    job: 'imports.purge',
    insert: `insert into csv_import (id, kind, owner_id, created_at) values ($1, 'people', $2, $3)`,
  },
  {
    what: 'an export whose archive is no more',
    setting: 'taskRetentionDays',
    table: 'data_export',
    job: 'privacy.purge-exports',
    insert: `insert into data_export (id, user_id, task_id, requested_at) values ($1, $2, $1, $3)`,
  },
];

suite('what is kept for some days', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer({ config: { ...days, webhooksAllowPrivateAddresses: true } });
    people = await makePeople(server);
    const webhook = { url: 'http://127.0.0.1:9/hook', events: ['ping'] };
    await ok(server.post('/webhooks', webhook, people.admin.token), 201);
  });
  after(() => server.stop());

  const run = (text: string, values: unknown[]) =>
    runSql<{ count: number }>(server.open.deps.db, text, values);
  const runJob = async (name: string) => {
    const job = jobs.find(({ definition }) => definition.name === name);
    assert.ok(job, name);
    const { signal } = new AbortController();
    await job.run(server.open.deps, {}, { id: newId(), attempt: 1, isLastAttempt: false, signal });
  };
  const isThere = async (table: string, id: string) => {
    const column = table === 'idempotency_key' ? 'key' : 'id';
    const rows = await run(`select 1 as count from ${table} where ${column}::text = $1`, [id]);
    return rows.length > 0;
  };

  for (const { what, setting, table, job, insert } of kept)
    test(`${what} is there a day before ${setting} are over, and gone a day after`, async () => {
      const id = newId();
      await run(insert, [id, people.student.id, server.clock.now()]);
      server.clock.advance({ days: daysOf(setting) - 1 });
      await runJob(job);
      assert.ok(await isThere(table, id), 'gone too early');
      server.clock.advance({ days: 2 });
      await runJob(job);
      assert.ok(!(await isThere(table, id)), 'still there');
      await runJob(job);
    });

  test('a task is there a day longer than what came of it', async () => {
    const id = newId();
    const insert = `insert into task (id, kind, owner_id, subject_id, status, created_at, updated_at, finished_at)
      values ($1, 'x', $2, $1, 'succeeded', $3, $3, $3)`;
    await run(insert, [id, people.student.id, server.clock.now()]);
    server.clock.advance({ days: days.taskRetentionDays, hours: 23 });
    await runJob('tasks.purge');
    assert.ok(await isThere('task', id));
    server.clock.advance({ hours: 2 });
    await runJob('tasks.purge');
    assert.ok(!(await isThere('task', id)));
  });

  test('more than a chunk goes in one night, a chunk a statement', async () => {
    const insert = `insert into idempotency_key (actor_id, operation, key, request_hash, locked_until, created_at)
      select $1, 'o', n::text, 'x', $2, $2 from generate_series(1, 10001) n`;
    await run(insert, [people.student.id, server.clock.now()]);
    server.clock.advance({ days: days.idempotencyKeyRetentionDays + 1 });
    server.takeStatements();
    await runJob('operation.purge-idempotency-keys');
    assert.equal(server.takeStatements().length, 3);
    assert.equal((await run('select count(*)::int as count from idempotency_key', []))[0]?.count, 0);
  });

  test('an account that was deactivated is erased after its days, unless somebody withdraws that or needs it again', async () => {
    people = await makePeople(server);
    const { admin, student, otherStudent, instructor, otherInstructor } = people;
    const waiting = [student, otherStudent, instructor];
    for (const { id } of waiting) await ok(server.delete(`/users/${id}`, admin.token), 204);
    // As somebody suspended whom a directory let go.
    const letGo = `update app_user set suspended_at = deactivated_at - interval '1 day' where id = $1`;
    await run(letGo, [student.id]);
    const nameOf = async (id: string) =>
      (
        await runSql<{ name: string }>(server.open.deps.db, 'select name from app_user where id = $1', [id])
      )[0]?.name;
    const isErased = async (id: string) => (await nameOf(id)) === 'Erased account';
    server.clock.advance({ days: days.deactivatedAccountEraseDays - 1 });
    await runJob('privacy.erase-unused');
    for (const { id } of waiting) assert.ok(!(await isErased(id)), 'too early');
    const wish = `insert into erasure (id, user_id, keeps_name_on_certificates, requested_at, due_at, cancelled_at)
      values ($1, $2, false, $3, $3, $3)`;
    await run(wish, [newId(), otherStudent.id, server.clock.now()]);
    const pending = `insert into erasure (id, user_id, keeps_name_on_certificates, requested_at, due_at, is_by_retention)
      values ($1, $2, false, $3, $3, true)`;
    await run(pending, [newId(), instructor.id, server.clock.now()]);
    await run('update app_user set deactivated_at = null where id = $1', [instructor.id]);
    server.clock.advance({ days: 2 });
    await runJob('privacy.erase-unused');
    assert.ok(await isErased(student.id));
    assert.ok(!(await isErased(otherStudent.id)), 'it was withdrawn since');
    assert.ok(!(await isErased(instructor.id)), 'it is active again');
    assert.ok(!(await isErased(otherInstructor.id)));
    const left = await runSql<{ cancelled: boolean }>(
      server.open.deps.db,
      'select cancelled_at is not null as cancelled from erasure where user_id = $1',
      [instructor.id],
    );
    assert.deepEqual(
      left.map(({ cancelled }) => cancelled),
      [true],
    );
    await runJob('privacy.erase-unused');
  });

  test('every setting of retention is held by one of these tests, or by that of exports', () => {
    const held = new Set<string>([...Object.keys(days), 'dataExportKeepDays']);
    assert.deepEqual(retentionSettings.map(({ key }) => key).toSorted(), [...held].toSorted());
  });
});

function daysOf(setting: Key): number {
  const found = (days as Partial<Record<Key, number>>)[setting];
  assert.ok(found !== undefined, setting);
  return found;
}
