import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { inTransaction } from '#platform/db/transaction.ts';
import { newId } from '#platform/ids.ts';
import type { Person } from '#test/client.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { follow, type EventStream } from '#test/event-stream.ts';
import { makePerson, signIn } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { insertNotifications } from './queries/notifications.ts';

suite('streams of events', () => {
  let server: TestServer;
  let admin: Person;
  let course: PublishedCourse;
  before(async () => {
    server = await startTestServer({
      config: { corsOrigins: ['https://app.example.org'], eventStreamsMax: 250 },
    });
    admin = await makePerson(server, 'admin');
    const teacher = await makePerson(server, 'instructor');
    course = await makePublishedCourse(server, teacher, { texts: 3, videos: 1 });
  });
  after(() => server.stop());

  type Learner = { person: Person; otherToken: string; enrollmentId: string };
  async function learner(): Promise<Learner> {
    const person = await server.registerStudent();
    const enrollment = await server.post(`/courses/${course.course.id}/enrollments`, {}, person.token);
    const { token: otherToken } = await signIn(server, person.email, person.password);
    return { person, otherToken, enrollmentId: enrollment.body.id };
  }
  const complete = (enrollmentId: string, lesson: number, token: string) =>
    server.put(`/enrollments/${enrollmentId}/lessons/${course.lessons[lesson].id}/completion`, {}, token);
  const heartbeat = (enrollmentId: string, body: object, token: string) =>
    server.put(`/enrollments/${enrollmentId}/lessons/${course.lessons[3].id}/progress`, body, token);
  const notifyOf = async (userId: string, count = 1) => {
    const { db, clock, signals } = server.open.deps;
    await inTransaction(db, async (tx) => {
      for (let at = 0; at < count; at += 1)
        await insertNotifications(tx, [userId], {
          eventId: newId(),
          kind: 'grade',
          eventType: 'quiz.graded',
          courseId: course.course.id,
          data: {},
          createdAt: clock.now(),
        });
    });
    signals.tell('news', [userId]);
  };
  const opened = async (options: Parameters<typeof follow>[1]): Promise<EventStream> => {
    const stream = await follow(server.baseUrl, options);
    assert.equal(stream.status, 200);
    const isResumed = options.lastEventId !== undefined || options.query?.includes('lastEventId');
    if (!isResumed) await stream.take('ready');
    return stream;
  };
  const openStreams = async () => {
    const text = await (await fetch(`${server.address}/metrics`)).text();
    return Number(/^lms_event_streams (\d+)$/m.exec(text)?.[1]);
  };

  test('progress made on another device arrives within a second, one’s own does not', async () => {
    const { person, otherToken, enrollmentId } = await learner();
    const stream = await opened({ token: person.token });
    await complete(enrollmentId, 0, person.token);
    const startedAt = performance.now();
    await complete(enrollmentId, 1, otherToken);
    const [event] = await stream.take('progress');
    assert.ok(event!.receivedAt - startedAt < 1_000);
    assert.deepEqual(event!.data, {
      enrollmentId,
      courseId: course.course.id,
      lessonId: course.lessons[1].id,
      status: 'completed',
      positionSeconds: null,
      progressPercent: 50,
      enrollmentStatus: 'active',
    });
    await heartbeat(enrollmentId, { positionSeconds: 12.5 }, otherToken);
    const progress = await stream.take('progress', 2);
    assert.deepEqual([progress[1]!.data.status, progress[1]!.data.positionSeconds], ['inProgress', 12.5]);
    stream.close();
  });

  test('it is told to nobody else, and is for the signed in', async () => {
    const { otherToken, enrollmentId } = await learner();
    const person = await server.registerStudent();
    const stranger = await opened({ token: person.token });
    await complete(enrollmentId, 0, otherToken);
    await notifyOf(person.id);
    await stranger.take('notification');
    assert.deepEqual(stranger.of('progress'), []);
    stranger.close();
    assert.equal((await follow(server.baseUrl, {})).status, 401);
  });

  test('its answer is neither kept, gathered nor compressed, and front ends of other origins may read it', async () => {
    const { person } = await learner();
    const stream = await opened({ token: person.token, origin: 'https://app.example.org' });
    assert.match(stream.headers['content-type'] ?? '', /^text\/event-stream/);
    assert.equal(stream.headers['cache-control'], 'no-store, no-transform');
    assert.equal(stream.headers['x-accel-buffering'], 'no');
    assert.equal(stream.headers['content-encoding'], undefined);
    assert.equal(stream.headers['access-control-allow-origin'], 'https://app.example.org');
    assert.ok(stream.headers['x-request-id']);
    stream.close();
    const head = await server.request('HEAD', '/me/events', { token: person.token });
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.match(head.headers.get('content-type') ?? '', /^text\/event-stream/);
  });

  test('what came while nobody listened is there when one goes on from the last id, once and in order', async () => {
    const { person, otherToken, enrollmentId } = await learner();
    const first = await opened({ token: person.token });
    await notifyOf(person.id);
    await first.take('notification');
    first.close();
    await notifyOf(person.id, 250);
    await complete(enrollmentId, 0, otherToken);
    const second = await opened({ token: person.token, lastEventId: first.lastEventId() });
    await second.take('progress');
    assert.equal(second.of('notification').length, 250);
    const ids = second.events.map(({ id }) => Number(id));
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(second.of('notification').map(({ data }) => data.id)).size, 250);
    second.close();
    const third = await opened({ token: person.token, query: `?lastEventId=${second.lastEventId()}` });
    await notifyOf(person.id);
    await third.take('notification');
    assert.deepEqual(
      third.events.map(({ type }) => type),
      ['notification'],
    );
    third.close();
  });

  test('whoever comes with an id from elsewhere is told to read anew', async () => {
    const { person } = await learner();
    for (const lastEventId of ['999999', 'abc', '1'.repeat(90)]) {
      const stream = await opened({ token: person.token, lastEventId });
      await stream.take('reset');
      stream.close();
    }
  });

  test('who cannot hold a connection is answered with what is new, and the end', async () => {
    const { person } = await learner();
    await notifyOf(person.id, 2);
    const answer = await server.get('/me/events?follow=false&lastEventId=1', person.token);
    assert.equal(answer.status, 200);
    assert.equal(answer.text.match(/^event: notification$/gm)?.length, 1);
    const now = await server.get('/me/events?follow=false', person.token);
    assert.equal(now.text, 'event: ready\nid: 2\ndata: {}\n\n');
  });

  test('a ticket opens one stream, of two at once too, and stands in no line of the log', async () => {
    const { person } = await learner();
    const { status, body } = await server.post('/me/events/tickets', undefined, person.token);
    assert.equal(status, 201);
    const query = `?ticket=${body.ticket}`;
    const both = await Promise.all([follow(server.baseUrl, { query }), follow(server.baseUrl, { query })]);
    assert.deepEqual(both.map((each) => each.status).toSorted(), [200, 401]);
    const stream = both.find((each) => each.status === 200)!;
    await stream.take('ready');
    await notifyOf(person.id);
    await stream.take('notification');
    assert.equal((await follow(server.baseUrl, { query })).status, 401);
    stream.close();
    await waitFor('its line', () => server.log.some((line) => line['route'] === '/api/v1/me/events'));
    assert.ok(!JSON.stringify(server.log).includes(body.ticket));
  });

  test('a ticket is worth nothing after 30 s, after the logout, and anywhere else', async () => {
    const { person, otherToken } = await learner();
    const make = async (token: string) =>
      (await server.post('/me/events/tickets', undefined, token)).body.ticket as string;
    assert.equal((await server.get(`/me/enrollments?ticket=${await make(person.token)}`)).status, 401);
    const late = await make(person.token);
    server.clock.advance({ seconds: 31 });
    assert.equal((await follow(server.baseUrl, { query: `?ticket=${late}` })).status, 401);
    const ofOther = await make(otherToken);
    await server.post('/auth/logout', undefined, otherToken);
    assert.equal((await follow(server.baseUrl, { query: `?ticket=${ofOther}` })).status, 401);
    for (const ticket of ['', 'x', 'y'.repeat(100)])
      assert.equal((await follow(server.baseUrl, { query: `?ticket=${ticket}` })).status, 401);
    assert.equal((await follow(server.baseUrl, { query: `?ticket=${'y'.repeat(101)}` })).status, 401);
  });

  test('logging out, deactivating and another password end the stream at once; an access token that expires does not', async () => {
    const ending = {
      logout: ({ person }: Learner) => server.post('/auth/logout', undefined, person.token),
      deactivation: ({ person }: Learner) => server.delete(`/users/${person.id}`, admin.token),
      password: ({ person }: Learner) =>
        server.patch(`/users/${person.id}`, { password: 'ash-and-elder-39' }, admin.token),
    };
    for (const [how, end] of Object.entries(ending)) {
      const someone = await learner();
      const stream = await opened({ token: someone.person.token });
      const startedAt = performance.now();
      assert.ok((await end(someone)).status < 300, how);
      await waitFor(`the end by ${how}`, () => stream.isEnded());
      assert.ok(performance.now() - startedAt < 1_500, how);
      assert.deepEqual(stream.of('end')[0]?.data, { reason: 'sessionEnded' }, how);
    }
    const { person } = await learner();
    const stream = await opened({ token: person.token });
    server.clock.advance({ minutes: 20 });
    assert.equal((await server.get('/me', person.token)).body.code, 'token_expired');
    await notifyOf(person.id);
    await stream.take('notification');
    server.clock.advance({ days: 31 });
    await waitFor('the end of the session', () => stream.isEnded());
  });

  test('a session that was ended behind everybody’s back ends the stream within seconds', async () => {
    const { person } = await learner();
    const stream = await opened({ token: person.token });
    await sql`update session set ended_at = now(), end_reason = 'logout' where user_id = ${person.id}`.execute(
      server.open.deps.db,
    );
    await waitFor('the end', () => stream.isEnded(), 5_000);
  });

  test('of a person with eleven streams the oldest ends', async () => {
    const { person } = await learner();
    const streams: EventStream[] = [];
    for (let at = 0; at < 11; at += 1) streams.push(await opened({ token: person.token }));
    await waitFor('the oldest ends', () => streams[0]!.isEnded());
    assert.deepEqual(streams[0]!.of('end')[0]?.data, { reason: 'tooManyStreams' });
    await notifyOf(person.id);
    for (const stream of streams.slice(1)) {
      await stream.take('notification');
      stream.close();
    }
  });

  test('a client that does not read is dropped, and the others are served', async () => {
    const { person } = await learner();
    const [slow, quick] = [await opened({ token: person.token }), await opened({ token: person.token })];
    slow.pause();
    await waitFor('both are open', async () => (await openStreams()) >= 2);
    const before = await openStreams();
    // More than the kernel holds for a connection.
    await sql`with news as (
        insert into news_sequence (user_id, value) values (${person.id}, 8000)
        on conflict (user_id) do update set value = news_sequence.value + 8000 returning value - 8000 as before)
      insert into notification (id, user_id, event_id, kind, event_type, data, sequence, created_at)
      select gen_random_uuid(), ${person.id}, gen_random_uuid(), 'grade', 'quiz.graded',
             jsonb_build_object('attemptId', repeat('x', 1500)), before + n, now()
      from news, generate_series(1, 8000) as n`.execute(server.open.deps.db);
    // As the database does by itself after so many rows, a little later.
    await sql`analyze notification`.execute(server.ownerDb);
    await waitFor('the slow one is dropped', async () => (await openStreams()) === before - 1);
    await quick.take('notification', 8_000);
    quick.close();
    slow.close();
  });

  test('two hundred streams that come and go leave nothing; their time is counted until they began, and each is a line', async () => {
    const people: Person[] = [];
    for (let at = 0; at < 20; at += 1) people.push(await server.registerStudent());
    await waitFor('none is left of before', async () => (await openStreams()) === 0);
    const lines = () => server.log.filter((line) => line['route'] === '/api/v1/me/events').length;
    const before = lines();
    const streams = await Promise.all(
      Array.from({ length: 200 }, (_, at) => opened({ token: people[at % 20]!.token })),
    );
    assert.equal(await openStreams(), 200);
    for (const stream of streams) stream.close();
    await waitFor('all are gone', async () => (await openStreams()) === 0);
    await waitFor('each has its line', () => lines() === before + 200);
  });

  test('a server that has as many as it may takes no more', async () => {
    const full = await startTestServer({ config: { eventStreamsMax: 1 } });
    try {
      const { token } = await full.registerStudent();
      const first = await follow(full.baseUrl, { token });
      const refused = await follow(full.baseUrl, { token });
      assert.equal(refused.status, 503);
      assert.equal(JSON.parse(await refused.text()).code, 'unavailable');
      first.close();
      await waitFor('there is room', async () => (await follow(full.baseUrl, { token })).status === 200);
    } finally {
      await full.stop();
    }
  });

  test('a stop ends streams at once, also those that nobody reads', async () => {
    const stopping = await startTestServer();
    const { token } = await stopping.registerStudent();
    const [one, paused] = [
      await follow(stopping.baseUrl, { token }),
      await follow(stopping.baseUrl, { token }),
    ];
    await one.take('ready');
    paused.pause();
    const startedAt = performance.now();
    await stopping.stop();
    assert.ok(performance.now() - startedAt < 2_500, `${performance.now() - startedAt} ms`);
    await waitFor('the end', () => one.isEnded());
    assert.deepEqual(one.of('end')[0]?.data, { reason: 'restart' });
    paused.close();
  });
});
