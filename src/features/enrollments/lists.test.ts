import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { newId } from '#platform/ids.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { makeCourse, type MadeCourse } from './course-testing.ts';

suite('lists of enrollments', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const enroll = async (course: MadeCourse, token: string): Promise<string> =>
    (await server.post(`/courses/${course.id}/enrollments`, {}, token)).body.id;
  const ids = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);
  const owned = () =>
    makeCourse(server, {
      staff: { [people.instructor.id]: 'owner', [people.otherInstructor.id]: 'observer' },
    });

  test('one’s own list shows one’s own, with their courses, newest first', async () => {
    const { token } = await server.registerStudent();
    const courses = [await makeCourse(server), await makeCourse(server)];
    const made = [];
    for (const course of courses) {
      server.clock.advance({ seconds: 1 });
      made.push(await enroll(course, token));
      await enroll(course, people.student.token);
    }
    const { status, body } = await server.get('/me/enrollments', token);
    assert.equal(status, 200);
    assert.deepEqual(ids(body), made.toReversed());
    assert.equal(body.items[0].course.title, `Course ${courses[1]?.id}`);
    assert.equal(body.items[0].nextLessonId, courses[1]?.lessonIds[0]);
    assert.equal(body.items[0].user, undefined);
    assert.equal((await server.get('/me/enrollments')).status, 401);
  });

  test('status filters, several by comma, and its cursor holds for it alone', async () => {
    const { token } = await server.registerStudent();
    const made: string[] = [];
    for (let index = 0; index < 3; index++) made.push(await enroll(await makeCourse(server), token));
    await server.delete(`/enrollments/${made[0]}`, token);
    const completed = (await server.get(`/enrollments/${made[1]}`, token)).body;
    await server.put(`/enrollments/${made[1]}/lessons/${completed.nextLessonId}/completion`, {}, token);
    const list = async (query: string) => (await server.get(`/me/enrollments?${query}`, token)).body;
    assert.deepEqual(ids(await list('status=withdrawn')), [made[0]]);
    assert.deepEqual(ids(await list('status=completed,active')), [made[2], made[1]]);
    assert.equal((await list('include=total&status=active')).total.value, 1);
    assert.equal((await server.get('/me/enrollments?status=gone', token)).status, 400);
    const { nextCursor } = await list('status=completed,active&limit=1');
    assert.equal((await list(`limit=1&cursor=${nextCursor}`)).code, 'cursor_mismatch');
    assert.deepEqual(ids(await list(`status=completed,active&limit=1&cursor=${nextCursor}`)), [made[1]]);
  });

  test('by last activity, those who never did anything stand by when they enrolled', async () => {
    const { token } = await server.registerStudent();
    const courses = [await makeCourse(server), await makeCourse(server), await makeCourse(server)];
    const made: string[] = [];
    for (const course of courses) {
      server.clock.advance({ minutes: 1 });
      made.push(await enroll(course, token));
    }
    server.clock.advance({ minutes: 1 });
    await server.put(`/enrollments/${made[0]}/lessons/${courses[0]?.lessonIds[0]}/progress`, {}, token);
    assert.deepEqual(ids((await server.get('/me/enrollments?sort=-lastActivityAt', token)).body), [
      made[0],
      made[2],
      made[1],
    ]);
    assert.deepEqual(ids((await server.get('/me/enrollments?sort=lastActivityAt', token)).body), [
      made[1],
      made[2],
      made[0],
    ]);
  });

  test('staff see a course’s learners with name and address, others do not', async () => {
    const course = await owned();
    const learner = await server.registerStudent('Grace Hopper');
    const id = await enroll(course, learner.token);
    const path = `/courses/${course.id}/enrollments`;
    for (const { token } of [people.instructor, people.otherInstructor, people.admin]) {
      const { status, body } = await server.get(path, token);
      assert.equal(status, 200);
      assert.deepEqual(ids(body), [id]);
      assert.deepEqual(body.items[0].user, {
        id: learner.id,
        name: 'Grace Hopper',
        email: learner.email,
        emailVerified: false,
      });
    }
    assert.equal((await server.get(path)).status, 401);
    assert.equal((await server.get(path, learner.token)).status, 403);
    assert.equal((await server.get(path, people.student.token)).status, 403);
    const draft = await makeCourse(server, { status: 'draft' });
    assert.equal((await server.get(`/courses/${draft.id}/enrollments`, people.student.token)).status, 404);
    assert.equal((await server.get(`/courses/${newId()}/enrollments`, people.admin.token)).status, 404);
  });

  test('pages neither repeat nor skip, whoever enrolls or learns meanwhile', async () => {
    const course = await owned();
    const path = `/courses/${course.id}/enrollments?limit=2`;
    const made: string[] = [];
    for (let index = 0; index < 5; index++) {
      // Two at one instant: the id decides between them.
      if (index % 2 === 0) server.clock.advance({ seconds: 1 });
      made.push(await enroll(course, (await server.registerStudent()).token));
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await server.get(path + next, people.instructor.token);
      seen.push(...ids(body));
      cursor = body.nextCursor;
      server.clock.advance({ seconds: 1 });
      await enroll(course, (await server.registerStudent()).token);
    } while (cursor !== null);
    assert.deepEqual(seen, made.toReversed());
  });

  test('a list of many takes as many statements as a list of one', async () => {
    const course = await owned();
    const { token } = await server.registerStudent();
    await enroll(course, token);
    const count = async (path: string, by: string) => {
      server.takeStatements();
      assert.equal((await server.get(path, by)).status, 200);
      return server.takeStatements().length;
    };
    const counts = async () => [
      await count('/me/enrollments', token),
      await count(`/courses/${course.id}/enrollments`, people.instructor.token),
      await count(`/courses/${course.id}/enrollments?include=total`, people.instructor.token),
    ];
    assert.deepEqual(await counts(), [2, 3, 4]);
    for (let index = 0; index < 8; index++) {
      await enroll(await makeCourse(server), token);
      await enroll(course, (await server.registerStudent()).token);
    }
    assert.deepEqual(await counts(), [2, 3, 4]);
  });
});
