import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { fact } from '#platform/events.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { webhookDisabled } from '#features/webhooks/events.ts';
import { newId } from '#platform/ids.ts';
import type { Body, Person } from '#test/client.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { follow } from '#test/event-stream.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { purgeOld } from './commands/purge-old.ts';
import { notifyJob } from './job-definitions.ts';
import { insertNotifications } from './queries/notifications.ts';

suite('notifications', () => {
  let server: TestServer;
  let admin: Person;
  let teacher: Person;
  let course: PublishedCourse;
  before(async () => {
    server = await startTestServer();
    admin = await makePerson(server, 'admin');
    teacher = await makePerson(server, 'instructor');
    course = await makePublishedCourse(server, teacher, { texts: 1, title: 'Bees' });
  });
  after(() => server.stop());

  const listOf = async (person: Person, query = ''): Promise<Body> => {
    const answer = await server.get(`/me/notifications${query}`, person.token);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const enrollBy = async (staff: Person, learner: Person): Promise<string> => {
    const answer = await server.post(
      `/courses/${course.course.id}/enrollments`,
      { userId: learner.id },
      staff.token,
    );
    assert.equal(answer.status, 201, answer.text);
    return answer.body.id;
  };
  const completeAll = (enrollmentId: string, learner: Person) =>
    server.put(`/enrollments/${enrollmentId}/lessons/${course.lessons[0].id}/completion`, {}, learner.token);

  test('a learner is told of being enrolled, of the certificate and of its revocation, each once, with the course', async () => {
    const learner = await server.registerStudent();
    const stream = await follow(server.baseUrl, { token: learner.token });
    await stream.take('ready');
    const enrollmentId = await enrollBy(teacher, learner);
    await completeAll(enrollmentId, learner);
    await server.runJobs();
    const [certificate] = (await server.get('/me/certificates', learner.token)).body.items;
    await server.post(`/certificates/${certificate.id}/revocation`, { reason: 'No.' }, admin.token);
    await server.runJobs();
    const { items, unread } = await listOf(learner, '?include=unread');
    assert.deepEqual(
      items.map((each: Body) => [each.kind, each.eventType, each.data.certificateId]),
      [
        ['certificateRevoked', 'certificate.revoked', certificate.id],
        ['completion', 'certificate.issued', certificate.id],
        ['enrollment', 'enrollment.created', undefined],
      ],
    );
    assert.deepEqual(unread, { value: 3, isCapped: false });
    for (const { course: shown, data } of items) {
      assert.deepEqual(shown, { id: course.course.id, slug: course.course.slug, title: 'Bees' });
      assert.equal(data.enrollmentId, enrollmentId);
    }
    const told = await stream.take('notification', 3);
    assert.deepEqual(
      told.map(({ data }) => data),
      items.toReversed(),
    );
    stream.close();
  });

  test('of what people do themselves they are not told', async () => {
    const learner = await server.registerStudent();
    await server.post(`/courses/${course.course.id}/enrollments`, {}, learner.token);
    await server.runJobs();
    assert.deepEqual((await listOf(learner)).items, []);
  });

  test('one event tells a person once, however often its job runs and at the same time', async () => {
    const learner = await server.registerStudent();
    await enrollBy(teacher, learner);
    await server.runJobs();
    const { deps } = server.open;
    const { rows } = await server.open.engine.boss
      .getDb()
      .executeSql(
        `select id from event where type = 'enrollment.created' and data->>'userId' = '${learner.id}'`,
      );
    const payload = { eventId: (rows[0] as { id: string }).id };
    await inTransaction(deps.db, (tx) =>
      deps.jobs.enqueueAll(
        tx,
        Array.from({ length: 8 }, () => ({ definition: notifyJob, payload })),
      ),
    );
    await server.runJobs();
    assert.equal((await listOf(learner)).items.length, 1);
  });

  test('who switched a kind off in the app is not told of it, and of others still', async () => {
    const learner = await server.registerStudent();
    await server.patch('/me/notification-preferences', { enrollment: { inApp: false } }, learner.token);
    const enrollmentId = await enrollBy(teacher, learner);
    await completeAll(enrollmentId, learner);
    await server.runJobs();
    assert.deepEqual(
      (await listOf(learner)).items.map((each: Body) => each.kind),
      ['completion'],
    );
  });

  test('every admin is told of a webhook that was switched off, and nobody else', async () => {
    const second = await makePerson(server, 'admin');
    const webhookId = newId();
    const { deps } = server.open;
    await inTransaction(deps.db, (tx) =>
      deps.events.publish(
        tx,
        fact(webhookDisabled, null, deps.clock.now(), { webhookId, reason: 'failing' }),
      ),
    );
    await server.runJobs();
    for (const person of [admin, second]) {
      const [first] = (await listOf(person)).items;
      assert.deepEqual(
        [first.kind, first.eventType, first.data, first.course],
        ['webhookDisabled', 'webhook.disabled', { webhookId, reason: 'failing' }, null],
      );
    }
    assert.deepEqual((await listOf(teacher)).items, []);
  });

  test('marking as read is for one’s own, by id, up to one, or all; again changes nothing; old read ones are purged', async () => {
    const [learner, stranger] = [await server.registerStudent(), await server.registerStudent()];
    const { db, clock } = server.open.deps;
    for (let at = 0; at < 4; at += 1) {
      server.clock.advance({ seconds: 1 });
      const telling = { kind: 'grade', eventType: 'quiz.graded', courseId: null, data: {} } as const;
      const row = { eventId: newId(), createdAt: clock.now(), ...telling };
      await inTransaction(db, (tx) => insertNotifications(tx, [learner.id], row));
    }
    const [newest, third, , oldest] = (await listOf(learner)).items;
    const read = async (body: object, person = learner) => {
      const answer = await server.post('/me/notifications/read', body, person.token);
      return answer.status === 200 ? answer.body.unread.value : answer.status;
    };
    assert.equal(await read({ ids: [newest.id] }, stranger), 0);
    assert.equal(await read({ ids: [newest.id, newId()] }), 3);
    assert.equal(await read({ ids: [newest.id] }), 3);
    assert.equal(await read({ upTo: third.id }), 0);
    for (const body of [{}, { ids: [] }, { all: false }, { all: true, upTo: oldest.id }])
      assert.equal(await read(body), 400, JSON.stringify(body));
    const { readAt } = (await listOf(learner)).items[0];
    server.clock.advance({ seconds: 1 });
    assert.equal(await read({ all: true }), 0);
    assert.equal((await listOf(learner)).items[0].readAt, readAt);
    assert.deepEqual((await listOf(learner, '?unread=true')).items, []);
    const page = await listOf(learner, '?limit=3');
    const rest = await listOf(learner, `?limit=3&cursor=${page.nextCursor}`);
    assert.deepEqual([page.items.length, rest.items.length, rest.items[0].id], [3, 1, oldest.id]);
    const later = {
      ...server.open.deps,
      clock: { now: () => new Date(clock.now().getTime() + 91 * 86_400_000) },
    };
    assert.ok((await purgeOld(later, new AbortController().signal)) >= 4);
    assert.deepEqual((await listOf(learner)).items, []);
  });
});
