import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startTestServer, type TestServer } from '#test/server.ts';
import { rollUpStatistics } from './commands/roll-up-statistics.ts';
import { makeCourse, statisticsOf } from './course-testing.ts';

suite('statistics of courses', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  const enroll = async (courseId: string) => {
    const { token } = await server.registerStudent();
    const { body } = await server.post(`/courses/${courseId}/enrollments`, {}, token);
    return { token, id: String(body.id) };
  };
  const counts = async (courseId: string) => {
    const { course_id: _, ...rest } = await statisticsOf(server, courseId);
    return rest;
  };

  test('the nightly roll-up mends and logs what differs, and leaves alone what does not', async () => {
    const course = await makeCourse(server);
    const [done, , gone] = [await enroll(course.id), await enroll(course.id), await enroll(course.id)];
    await server.put(`/enrollments/${done.id}/lessons/${course.lessonIds[0]}/completion`, {}, done.token);
    await server.put(`/enrollments/${done.id}/review`, { rating: 4 }, done.token);
    await server.put(`/enrollments/${gone.id}/review`, { rating: 1 }, gone.token);
    await server.delete(`/enrollments/${gone.id}`, gone.token);
    const right = { enrollment_count: 2, completion_count: 1, rating_count: 2, rating_sum: 5 };
    assert.deepEqual(await counts(course.id), right);
    assert.equal(await rollUpStatistics(server.open.deps), 0);

    const { db } = server.open.deps;
    const wrong = { enrollment_count: 9, completion_count: 0, rating_count: 7, rating_sum: 1 };
    await db.updateTable('course_statistics').set(wrong).where('course_id', '=', course.id).execute();
    assert.equal(await rollUpStatistics(server.open.deps), 1);
    assert.deepEqual(await counts(course.id), right);
    const line = server.log.find((each) => each['courseId'] === course.id && each['level'] === 'warn');
    assert.deepEqual(line?.['stored'], { enrollments: 9, completions: 0, ratings: 7, ratingSum: 1 });
    assert.deepEqual(line?.['counted'], { enrollments: 2, completions: 1, ratings: 2, ratingSum: 5 });
  });

  test('every course is counted, however many batches they make, and one without a row gets it', async () => {
    const courses = [];
    for (let index = 0; index < 120; index++) courses.push(await makeCourse(server, { sections: [] }));
    const { db } = server.open.deps;
    await db
      .updateTable('course_statistics')
      .set({ enrollment_count: 3 })
      .where(
        'course_id',
        'in',
        courses.map(({ id }) => id),
      )
      .execute();
    const lost = courses[60]?.id ?? '';
    await db.deleteFrom('course_statistics').where('course_id', '=', lost).execute();
    assert.equal(await rollUpStatistics(server.open.deps), 119);
    for (const { id } of courses) assert.equal((await counts(id)).enrollment_count, 0);
  });

  test('who enrolls while courses are counted is counted', async () => {
    const course = await makeCourse(server);
    for (let round = 0; round < 5; round++) {
      await Promise.all([
        enroll(course.id),
        enroll(course.id),
        rollUpStatistics(server.open.deps),
        rollUpStatistics(server.open.deps),
      ]);
      assert.equal((await counts(course.id)).enrollment_count, (round + 1) * 2);
    }
  });
});
