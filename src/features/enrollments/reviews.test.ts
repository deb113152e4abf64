import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { makeCourse, statisticsOf } from './course-testing.ts';

suite('reviews', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const enroll = async (courseId: string, name = 'Ada Lovelace') => {
    const person = await server.registerStudent(name);
    const { body } = await server.post(`/courses/${courseId}/enrollments`, {}, person.token);
    return { ...person, path: `/enrollments/${body.id}/review`, enrollmentId: String(body.id) };
  };
  const rated = async (courseId: string) => {
    const { rating_count: count, rating_sum: sum } = await statisticsOf(server, courseId);
    return { count, sum };
  };

  test('ratings are whole numbers from 1 to 5', async () => {
    const one = await enroll((await makeCourse(server)).id);
    for (const rating of [0, 6, 4.5, '5', null])
      assert.equal((await server.put(one.path, { rating }, one.token)).status, 400, String(rating));
    assert.equal((await server.put(one.path, {}, one.token)).status, 400);
    assert.equal((await server.put(one.path, { rating: 5, text: 'x'.repeat(5_001) }, one.token)).status, 400);
  });

  test('a review moves the course’s average, and writing it again replaces it', async () => {
    const course = await makeCourse(server);
    const [one, two] = [await enroll(course.id), await enroll(course.id)];
    const first = await server.put(one.path, { rating: 2, text: '  Too short. ' }, one.token);
    assert.equal(first.status, 200, first.text);
    assert.deepEqual(
      [first.body.rating, first.body.text, first.body.author],
      [2, 'Too short.', { name: 'Ada Lovelace' }],
    );
    await server.put(two.path, { rating: 5 }, two.token);
    assert.deepEqual(await rated(course.id), { count: 2, sum: 7 });
    server.clock.advance({ minutes: 1 });
    const again = await server.put(one.path, { rating: 4 }, one.token);
    assert.deepEqual(
      [again.body.rating, again.body.text, again.body.createdAt],
      [4, null, first.body.createdAt],
    );
    assert.notEqual(again.body.updatedAt, first.body.updatedAt);
    assert.deepEqual(await rated(course.id), { count: 2, sum: 9 });
    assert.deepEqual((await server.get(`/enrollments/${one.enrollmentId}`, one.token)).body.review, {
      rating: 4,
      text: null,
    });
  });

  test('the same review written several times at once counts once', async () => {
    const course = await makeCourse(server);
    const one = await enroll(course.id);
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((rating) => server.put(one.path, { rating }, one.token)),
    );
    for (const { status } of answers) assert.equal(status, 200);
    const { count, sum } = await rated(course.id);
    const last = (await server.get(`/enrollments/${one.enrollmentId}`, one.token)).body.review.rating;
    assert.deepEqual([count, sum], [1, last]);
  });

  test('everybody reads the reviews of a published course, without an id of their authors', async () => {
    const course = await makeCourse(server);
    const one = await enroll(course.id);
    await server.put(one.path, { rating: 3, text: 'Fair.' }, one.token);
    const { status, body, text } = await server.get(`/courses/${course.id}/reviews?include=total`);
    assert.equal(status, 200, text);
    assert.deepEqual(body.total, { value: 1, isCapped: false });
    assert.deepEqual(Object.keys(body.items[0]).toSorted(), [
      'author',
      'createdAt',
      'enrollmentId',
      'rating',
      'text',
      'updatedAt',
    ]);
    assert.ok(!text.includes(one.id) && !text.includes(one.email));
  });

  test('reviews of a draft and of an archived course are not there for strangers', async () => {
    for (const status of ['draft', 'archived'] as const) {
      const course = await makeCourse(server, { status, staff: { [people.instructor.id]: 'owner' } });
      assert.equal((await server.get(`/courses/${course.id}/reviews`)).status, 404);
      assert.equal((await server.get(`/courses/${course.id}/reviews`, people.student.token)).status, 404);
      assert.equal((await server.get(`/courses/${course.id}/reviews`, people.instructor.token)).status, 200);
    }
  });

  test('reviews sort by time and by rating, page by page', async () => {
    const course = await makeCourse(server);
    for (const rating of [3, 5, 1, 5]) {
      server.clock.advance({ seconds: 1 });
      const one = await enroll(course.id);
      await server.put(one.path, { rating }, one.token);
    }
    const ratings = async (sort: string) => {
      const all: number[] = [];
      let cursor: string | null = null;
      do {
        const query: string = cursor === null ? '' : `&cursor=${cursor}`;
        const { body } = await server.get(`/courses/${course.id}/reviews?limit=3&sort=${sort}${query}`);
        all.push(...body.items.map((item: { rating: number }) => item.rating));
        cursor = body.nextCursor;
      } while (cursor !== null);
      return all;
    };
    assert.deepEqual(await ratings('-createdAt'), [5, 1, 5, 3]);
    assert.deepEqual(await ratings('-rating'), [5, 5, 3, 1]);
    assert.deepEqual(await ratings('rating'), [1, 3, 5, 5]);
  });

  test('writing a review takes three statements, a list as many for many as for one', async () => {
    const course = await makeCourse(server);
    const one = await enroll(course.id);
    const count = async (run: () => Promise<unknown>) => {
      server.takeStatements();
      await run();
      return server.takeStatements().length;
    };
    assert.equal(await count(() => server.put(one.path, { rating: 3 }, one.token)), 3);
    assert.equal(await count(() => server.get(`/courses/${course.id}/reviews`, one.token)), 3);
    for (let index = 0; index < 5; index++) {
      const more = await enroll(course.id);
      await server.put(more.path, { rating: 3 }, more.token);
    }
    assert.equal(await count(() => server.get(`/courses/${course.id}/reviews`, one.token)), 3);
  });
});
