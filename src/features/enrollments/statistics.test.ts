import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { inTransaction } from '#platform/db/transaction.ts';
import { newId } from '#platform/ids.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { rollUpStatistics } from './commands/roll-up-statistics.ts';
import { makeCourse, statisticsOf } from './course-testing.ts';
import { insertEnrollment } from './queries/enrolling.ts';

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

  test('who enrolls while a course is counted is counted', async () => {
    const course = await makeCourse(server);
    const { id: userId } = await server.registerStudent();
    const { deps } = server.open;
    // Without a difference nothing would be written, and nothing could be lost.
    await deps.db
      .updateTable('course_statistics')
      .set({ rating_sum: 9 })
      .where('course_id', '=', course.id)
      .execute();
    let rollingUp: Promise<number> | undefined;
    await inTransaction(deps.db, async (tx) => {
      await insertEnrollment(tx, { id: newId(), courseId: course.id, userId, now: deps.clock.now() });
      rollingUp = rollUpStatistics(deps);
      await waitFor('the roll-up waits for the enrollment', async () => {
        const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return (await waiting.execute(deps.db)).rows.length > 0;
      });
    });
    assert.equal(await rollingUp, 1);
    assert.deepEqual(await counts(course.id), {
      enrollment_count: 1,
      completion_count: 0,
      rating_count: 0,
      rating_sum: 0,
    });
  });
});
