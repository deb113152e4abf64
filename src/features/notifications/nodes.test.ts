import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction } from '#platform/db/transaction.ts';
import { newId } from '#platform/ids.ts';
import type { Topic } from '#platform/signals.ts';
import type { Person } from '#test/client.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { createTestDatabase, type TestDatabase } from '#test/database.ts';
import { follow } from '#test/event-stream.ts';
import { makePerson, signIn } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { insertNotifications } from './queries/notifications.ts';

const redisUrl = process.env['TEST_REDIS_URL'];

/** Two APIs and a worker on one database, as on three machines. */
async function startNodes(redis: string | null) {
  const database = await createTestDatabase();
  const options = { databaseUrl: database.url, config: { redisUrl: redis } };
  const nodes: TestServer[] = [];
  for (let at = 0; at < 3; at += 1) nodes.push(await startTestServer(options));
  const [first, second, worker] = nodes as [TestServer, TestServer, TestServer];
  if (redis !== null)
    await waitFor('Redis is there', () => nodes.every(({ open }) => open.redis?.isReady() === true));
  return { database, first, second, worker, stop: () => stopNodes(nodes, database) };
}

async function stopNodes(nodes: readonly TestServer[], database: TestDatabase): Promise<void> {
  for (const node of nodes) await node.stop();
  await database.drop();
}

type Nodes = Awaited<ReturnType<typeof startNodes>>;

async function makeLearner({ first, second }: Nodes, course: PublishedCourse, staff: Person) {
  const person = await first.registerStudent();
  const body = { userId: person.id };
  const enrollment = await second.post(`/courses/${course.course.id}/enrollments`, body, staff.token);
  const { token: otherToken } = await signIn(second, person.email, person.password);
  return { person, otherToken, enrollmentId: enrollment.body.id as string };
}

suite('streams on several nodes with Redis', { skip: redisUrl === undefined && 'needs redis-server' }, () => {
  let nodes: Nodes;
  let teacher: Person;
  let course: PublishedCourse;
  before(async () => {
    nodes = await startNodes(redisUrl ?? null);
    teacher = await makePerson(nodes.first, 'instructor');
    course = await makePublishedCourse(nodes.first, teacher, { texts: 2 });
    // Its worker waits for jobs from now on.
    await nodes.worker.runJobs();
  });
  after(() => nodes.stop());

  test('a notification made by a worker and progress made on another node arrive within a second', async () => {
    const { first, second } = nodes;
    const { person, otherToken, enrollmentId } = await makeLearner(nodes, course, teacher);
    const stream = await follow(first.baseUrl, { token: person.token });
    await stream.take('ready');
    const startedAt = performance.now();
    await second.put(
      `/enrollments/${enrollmentId}/lessons/${course.lessons[0].id}/completion`,
      {},
      otherToken,
    );
    const [progress] = await stream.take('progress');
    assert.ok(progress!.receivedAt - startedAt < 1_000, `${progress!.receivedAt - startedAt} ms`);
    await second.put(
      `/enrollments/${enrollmentId}/lessons/${course.lessons[1].id}/completion`,
      {},
      otherToken,
    );
    const isIssued = ({ data }: { data: { eventType: string; createdAt: string } }) =>
      data.eventType === 'certificate.issued';
    await waitFor('the certificate', () => stream.of('notification').some(isIssued));
    stream.close();
  });

  test('a logout on one node ends the stream on another, and its token is known there without asking the database', async () => {
    const { first, second } = nodes;
    const { person } = await makeLearner(nodes, course, teacher);
    const stream = await follow(first.baseUrl, { token: person.token });
    await stream.take('ready');
    const hints: Topic[] = [];
    const stopListening = first.open.deps.signals.listen({ hear: (topic) => hints.push(topic), miss() {} });
    const startedAt = performance.now();
    await second.post('/auth/logout', undefined, person.token);
    await waitFor('the end', () => stream.isEnded());
    assert.ok(performance.now() - startedAt < 1_500);
    // The regular look at all streams may have ended it before the hint came.
    await waitFor('the hint', () => hints.includes('sessionEnded'));
    stopListening();
    first.takeStatements();
    assert.equal((await first.get('/me', person.token)).status, 401);
    assert.deepEqual(first.takeStatements(), []);
  });

  test('a ticket made on one node opens a stream on another', async () => {
    const { first, second } = nodes;
    const { person } = await makeLearner(nodes, course, teacher);
    const { ticket } = (await first.post('/me/events/tickets', undefined, person.token)).body;
    const stream = await follow(second.baseUrl, { query: `?ticket=${ticket}` });
    assert.equal(stream.status, 200);
    stream.close();
  });

  test('whoever goes from node to node while news comes in misses none and gets none twice', async () => {
    const person = await nodes.first.registerStudent();
    const { db, signals, clock } = nodes.worker.open.deps;
    const over = new AbortController();
    // Transactions that overlap and commit in another order than they began, half of them without a hint.
    const write = async () => {
      while (!over.signal.aborted) {
        await inTransaction(db, async (tx) => {
          const notification = { eventId: newId(), kind: 'grade', eventType: 'quiz.graded' } as const;
          if (Math.random() < 0.5) await sleep(Math.random() * 20);
          await insertNotifications(tx, [person.id], {
            ...notification,
            courseId: null,
            data: {},
            createdAt: clock.now(),
          });
          await sleep(Math.random() * 20);
        });
        if (Math.random() < 0.5) signals.tell('news', [person.id]);
      }
    };
    const received: string[] = [];
    let lastEventId: string | undefined = '0';
    const writers = Array.from({ length: 4 }, write);
    for (let round = 0; round < 40; round += 1) {
      const { baseUrl } = round % 2 === 0 ? nodes.first : nodes.second;
      const stream = await follow(baseUrl, { token: person.token, lastEventId });
      await sleep(Math.random() * 100);
      if (round === 39) {
        over.abort();
        await Promise.all(writers);
        signals.tell('news', [person.id]);
        const rows = await db
          .selectFrom('notification')
          .select('id')
          .where('user_id', '=', person.id)
          .execute();
        await waitFor('the rest', () => received.length + stream.of('notification').length >= rows.length);
        received.push(...stream.of('notification').map(({ data }) => data.id as string));
        assert.deepEqual(received.toSorted(), rows.map(({ id }) => id).toSorted());
        assert.ok(rows.length > 50, `${rows.length} were written`);
      } else {
        // What arrives between the reading of the two is neither counted nor gone on from.
        received.push(...stream.of('notification').map(({ data }) => data.id as string));
        lastEventId = stream.lastEventId() ?? lastEventId;
      }
      stream.close();
    }
  });
});

suite('streams on several nodes without Redis', () => {
  test('news from another process comes within seconds, and in one process at once', async () => {
    const nodes = await startNodes(null);
    try {
      const teacher = await makePerson(nodes.first, 'instructor');
      const course = await makePublishedCourse(nodes.first, teacher, { texts: 2 });
      const { person, otherToken, enrollmentId } = await makeLearner(nodes, course, teacher);
      const stream = await follow(nodes.first.baseUrl, { token: person.token });
      await stream.take('ready');
      const path = (at: number) => `/enrollments/${enrollmentId}/lessons/${course.lessons[at].id}/completion`;
      const startedAt = performance.now();
      await nodes.first.put(path(0), {}, otherToken);
      const [near] = await stream.take('progress');
      assert.ok(near!.receivedAt - startedAt < 1_000);
      await nodes.second.put(path(1), {}, otherToken);
      await stream.take('progress', 2, 5_000);
      stream.close();
    } finally {
      await nodes.stop();
    }
  });
});
