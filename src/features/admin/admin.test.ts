import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { inTransaction } from '#platform/db/transaction.ts';
import { newId } from '#platform/ids.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, type QueueName } from '#platform/jobs/definition.ts';
import type { Body } from '#test/client.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

suite('queues and jobs, for admins', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const admin = (path: string) => server.get(`/admin/${path}`, people.admin.token);
  const retry = (id: string, token: string | undefined = people.admin.token) =>
    server.post(`/admin/jobs/${id}/retry`, undefined, token);
  /** A job that this program has no handler for: it fails at once, for good. */
  const plant = async (
    name: string,
    queue: QueueName = 'emails',
    payload: object = {},
    startAfter?: Date,
  ): Promise<void> => {
    const { deps } = server.open;
    const definition = defineJob({ name, queue, payload: object({}) });
    await inTransaction(deps.db, (tx) =>
      deps.jobs.enqueue(tx, definition, payload as never, startAfter && { startAfter }),
    );
  };
  const queueOf = async (name: QueueName): Promise<Body> =>
    (await admin('queues')).body.items.find((queue: Body) => queue.name === name);

  test('only admins look into queues and jobs, and retry', async () => {
    for (const path of ['/admin/queues', '/admin/jobs']) {
      assert.equal((await server.get(path)).status, 401);
      for (const { token } of [people.student, people.instructor])
        assert.equal((await server.get(path, token)).status, 403);
      assert.equal((await server.get(path, people.admin.token)).status, 200);
    }
    assert.equal((await server.post(`/admin/jobs/${newId()}/retry`)).status, 401);
    assert.equal((await retry(newId(), people.instructor.token)).status, 403);
    assert.equal((await retry(newId())).status, 404);
    for (const query of ['state=completed', 'queue=none', 'sort=name', 'more=1', 'cursor=x'])
      assert.equal((await admin(`jobs?${query}`)).status, 400, query);
  });

  test('a failed job is listed with its error and the ids of its payload alone, and tried again', async () => {
    const id = newId();
    await plant('planted.unknown', 'emails', {
      enrollmentId: id,
      address: 'someone@example.com',
      nested: { id },
    });
    await server.runJobs();
    const { body } = await admin('jobs?state=failed&job=planted.unknown&include=total');
    assert.deepEqual(body.total, { value: 1, isCapped: false });
    const [job] = body.items;
    assert.deepEqual(
      [job.queue, job.job, job.state, job.attempts, job.maxAttempts, job.payload],
      ['emails', 'planted.unknown', 'failed', 1, 9, { enrollmentId: id }],
    );
    assert.match(job.error, /no handler/);
    assert.ok(job.createdAt <= job.startedAt && job.startedAt <= job.completedAt);
    assert.equal((await queueOf('emails')).counts.failed, 1);
    const again = await retry(job.id);
    assert.deepEqual([again.status, again.body.id, again.body.state], [200, job.id, 'retry']);
    await waitFor(
      'the second try',
      async () => (await admin('jobs?job=planted.unknown')).body.items[0].attempts === 2,
    );
    await server.runJobs();
    const [tried] = (await admin('jobs?job=planted.unknown')).body.items;
    assert.deepEqual([tried.state, tried.attempts, tried.maxAttempts], ['failed', 2, 10]);
  });

  test('only a failed one is tried again, and of two retries at once one is', async () => {
    await plant('planted.later', 'webhooks', {}, new Date(Date.now() + 3_600_000));
    const [waiting] = (await admin('jobs?job=planted.later')).body.items;
    assert.deepEqual(
      [waiting.state, waiting.attempts, waiting.startedAt, waiting.error],
      ['created', 0, null, null],
    );
    assert.deepEqual(
      [(await retry(waiting.id)).status, (await retry(waiting.id)).body.code],
      [409, 'job_not_failed'],
    );
    const [failed] = (await admin('jobs?state=failed&queue=emails')).body.items;
    const answers = await Promise.all([retry(failed.id), retry(failed.id)]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409]);
    await server.runJobs();
  });

  test('a queue tells what waits, what is due and since when', async () => {
    const before = await queueOf('webhooks');
    assert.deepEqual([before.counts.created, before.ready, before.oldestReadySeconds], [1, 0, 0]);
    const names = (await admin('queues')).body.items.map(({ name }: Body) => name);
    assert.deepEqual(names, ['emails', 'progress', 'certificates', 'webhooks', 'maintenance']);
  });

  test('jobs are listed page by page, in as many statements for 1 as for 100', async () => {
    for (let index = 0; index < 5; index++)
      await plant(`planted.page${index}`, index % 2 ? 'webhooks' : 'emails');
    await server.runJobs();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor ? `&cursor=${cursor}` : '';
      const page = await admin(`jobs?state=failed&limit=2&sort=createdAt${next}`);
      seen.push(...page.body.items.map(({ id }: Body) => id));
      cursor = page.body.nextCursor;
    } while (cursor);
    const all = (await admin('jobs?state=failed&limit=100&sort=createdAt')).body.items;
    assert.ok(all.length >= 5);
    assert.deepEqual(
      seen,
      all.map(({ id }: Body) => id),
    );
    const count = async (path: string) => {
      server.takeStatements();
      await admin(path);
      return server.takeStatements().length;
    };
    for (const path of ['jobs?limit=1', 'jobs?limit=100', 'queues']) assert.equal(await count(path), 2, path);
  });
});

suite('what is ready, without a worker', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  test('counts jobs that are due, and the age of the oldest', async () => {
    const { admin } = await makePeople(server);
    await server.open.engine.boss.getDb().executeSql(`
      insert into pgboss.job (name, data, state, start_after, created_on)
      values ('certificates', '{"job":"a"}', 'created', now() - interval '1 hour', now() - interval '2 hours'),
             ('certificates', '{"job":"b"}', 'retry', now() - interval '1 minute', now()),
             ('certificates', '{"job":"c"}', 'retry', now() + interval '1 minute', now()),
             ('certificates', '{"job":"d"}', 'completed', now() - interval '3 hours', now())`);
    const { body } = await server.get('/admin/queues', admin.token);
    const queue = body.items.find(({ name }: Body) => name === 'certificates');
    assert.deepEqual([queue.counts.created, queue.counts.retry, queue.ready], [1, 2, 2]);
    assert.ok(
      queue.oldestReadySeconds >= 3_600 && queue.oldestReadySeconds < 3_700,
      String(queue.oldestReadySeconds),
    );
  });
});
