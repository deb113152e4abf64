import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { lessonChanged } from '#features/courses/events.ts';
import {
  addLesson,
  eventsOf,
  makeCourse,
  statisticsOf,
  type MadeCourse,
} from '#features/enrollments/course-testing.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import type { Person } from '#test/client.ts';
import { addTextLesson, makePublishedCourse } from '#test/courses.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { addAttempt, addQuiz } from './attempt-testing.ts';
import { checkProgress } from './commands/check-progress.ts';
import { recordLessonCompletion } from './commands/record-completion.ts';
import { reevaluateCourse } from './commands/reevaluate.ts';

suite('progress counted anew', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  type Learning = { course: MadeCourse; learner: Person; enrollmentId: string };
  const enroll = async (course: MadeCourse): Promise<Learning> => {
    const learner = await server.registerStudent();
    const { body } = await server.post(`/courses/${course.id}/enrollments`, {}, learner.token);
    return { course, learner, enrollmentId: body.id };
  };
  const confirm = ({ course, learner, enrollmentId }: Learning, index: number) =>
    server.put(
      `/enrollments/${enrollmentId}/lessons/${course.lessonIds[index]}/completion`,
      {},
      learner.token,
    );
  const read = async ({ enrollmentId, learner }: Learning) =>
    (await server.get(`/enrollments/${enrollmentId}`, learner.token)).body;
  const change = async (
    course: MadeCourse,
    index: number,
    set: { deleted_at?: Date; is_ready?: boolean; is_required?: boolean },
  ) => {
    const { deps } = server.open;
    const lessonId = course.lessonIds[index] ?? '';
    await inTransaction(deps.db, async (tx) => {
      await tx.updateTable('lesson').set(set).where('id', '=', lessonId).execute();
      await deps.events.publish(
        tx,
        fact(lessonChanged, null, deps.clock.now(), { courseId: course.id, lessonId, change: 'unready' }),
      );
    });
    await server.runJobs();
  };
  const record = ({ course, enrollmentId }: Learning, index: number, actorId: string | null = null) => {
    const { deps } = server.open;
    const lessonId = course.lessonIds[index] ?? '';
    return inTransaction(deps.db, (tx) =>
      recordLessonCompletion(deps, tx, { enrollmentId, lessonId, actorId, now: deps.clock.now() }),
    );
  };

  test('a lesson that only moved counts nobody anew', async () => {
    const course = await makeCourse(server);
    await enroll(course);
    await server.runJobs();
    const { deps } = server.open;
    const data = { courseId: course.id, lessonId: course.lessonIds[0] ?? '', change: 'moved' } as const;
    await inTransaction(deps.db, (tx) =>
      deps.events.publish(tx, fact(lessonChanged, null, deps.clock.now(), data)),
    );
    server.takeStatements();
    await server.runJobs();
    assert.deepEqual(
      server.takeStatements().filter((statement) => statement.includes('"enrollment"')),
      [],
    );
  });

  test('when the last missing lesson is taken away, those who did all the others complete, and nobody else', async () => {
    const course = await makeCourse(server, { sections: [[{}, {}, {}]] });
    const [done, half, withdrawn] = [await enroll(course), await enroll(course), await enroll(course)];
    for (const each of [done, withdrawn]) for (const index of [0, 1]) await confirm(each, index);
    await confirm(half, 0);
    await server.delete(`/enrollments/${withdrawn.enrollmentId}`, withdrawn.learner.token);
    await change(course, 2, { deleted_at: server.clock.now() });
    assert.deepEqual([(await read(done)).status, (await read(done)).progressPercent], ['completed', 100]);
    assert.deepEqual([(await read(half)).status, (await read(half)).progressPercent], ['active', 50]);
    assert.deepEqual(
      [(await read(withdrawn)).status, (await read(withdrawn)).progressPercent],
      ['withdrawn', 99],
    );
    const data = { userId: done.learner.id, courseId: course.id, enrollmentId: done.enrollmentId };
    assert.deepEqual(await eventsOf(server, 'enrollment.completed', course.id), [
      { type: 'enrollment.completed', actor_id: null, data },
    ]);
    assert.equal((await statisticsOf(server, course.id)).completion_count, 1);
    await reevaluateCourse(server.open.deps, course.id);
    assert.equal((await eventsOf(server, 'enrollment.completed', course.id)).length, 1);

    await server.post(`/courses/${course.id}/enrollments`, {}, withdrawn.learner.token);
    await server.runJobs();
    assert.deepEqual(
      [(await read(withdrawn)).status, (await read(withdrawn)).progressPercent],
      ['completed', 100],
    );
    assert.equal((await statisticsOf(server, course.id)).completion_count, 2);
  });

  test('deleting and adding lessons over HTTP counts everybody anew', async () => {
    const instructor = await makePerson(server, 'instructor');
    const { course, section, lessons } = await makePublishedCourse(server, instructor, { texts: 3 });
    const made: MadeCourse = {
      id: course.id,
      sectionIds: [section.id],
      lessonIds: lessons.map(({ id }) => id),
    };
    const [done, half] = [await enroll(made), await enroll(made)];
    for (const index of [0, 1]) await confirm(done, index);
    await confirm(half, 0);
    assert.deepEqual([(await read(done)).progressPercent, (await read(half)).progressPercent], [66, 33]);
    assert.equal((await server.delete(`/lessons/${made.lessonIds[2]}`, instructor.token)).status, 204);
    await server.runJobs();
    assert.deepEqual([(await read(done)).status, (await read(half)).progressPercent], ['completed', 50]);
    await addTextLesson(server, instructor, section.id);
    await server.runJobs();
    assert.deepEqual([(await read(done)).progressPercent, (await read(half)).progressPercent], [100, 33]);
  });

  test('a lesson that is no longer ready or required is counted for nobody', async () => {
    const course = await makeCourse(server, { sections: [[{}, {}, {}, {}]] });
    const of = await enroll(course);
    await confirm(of, 0);
    await change(course, 1, { is_ready: false });
    assert.equal((await read(of)).progressPercent, 33);
    await change(course, 2, { is_required: false });
    assert.equal((await read(of)).progressPercent, 50);
  });

  test('a lesson added later takes no completion away, and moves the percent of those who are not done', async () => {
    const course = await makeCourse(server, { sections: [[{}, {}]] });
    const [done, half] = [await enroll(course), await enroll(course)];
    for (const index of [0, 1]) await confirm(done, index);
    await confirm(half, 0);
    const { completedAt } = await read(done);
    course.lessonIds.push(await addLesson(server, course.id, course.sectionIds[0] ?? '', 2));
    await change(course, 2, { is_ready: true });
    const after = await read(done);
    assert.deepEqual(
      [after.status, after.progressPercent, after.completedAt],
      ['completed', 100, completedAt],
    );
    assert.equal(after.nextLessonId, course.lessonIds[2]);
    assert.equal((await read(half)).progressPercent, 33);
    server.clock.advance({ minutes: 1 });
    assert.equal((await confirm(done, 2)).body.enrollmentStatus, 'completed');
    assert.equal((await read(done)).completedAt, completedAt);
    assert.equal((await eventsOf(server, 'enrollment.completed', course.id)).length, 1);
  });

  test('a course without a required lesson completes for nobody', async () => {
    const course = await makeCourse(server, { sections: [[{ isRequired: false }]] });
    const of = await enroll(course);
    assert.equal((await confirm(of, 0)).body.progressPercent, 0);
    assert.equal(await reevaluateCourse(server.open.deps, course.id), 0);
    assert.equal((await read(of)).status, 'active');
  });

  test('every enrollment is counted anew, however many batches they make', async () => {
    const course = await makeCourse(server);
    const { db } = server.open.deps;
    const now = server.clock.now();
    const people = Array.from({ length: 8 }, () => ({
      id: newId(),
      name: 'A',
      role: 'student' as const,
      locale: 'en',
      time_zone: 'UTC',
      created_at: now,
      updated_at: now,
    }));
    const times = { created_at: now, updated_at: now };
    const enrollments = people.map(({ id }) => ({
      id: newId(),
      course_id: course.id,
      user_id: id,
      ...times,
    }));
    const reached = enrollments.map(({ id }) => ({
      enrollment_id: id,
      lesson_id: course.lessonIds[0] ?? '',
      completed_at: now,
      first_seen_at: now,
      updated_at: now,
    }));
    await db.insertInto('app_user').values(people).execute();
    await db.insertInto('enrollment').values(enrollments).execute();
    await db.insertInto('lesson_progress').values(reached).execute();
    assert.equal(await reevaluateCourse(server.open.deps, course.id, 3), 8);
    assert.equal((await statisticsOf(server, course.id)).completion_count, 8);
    assert.equal((await eventsOf(server, 'enrollment.completed', course.id)).length, 8);
    assert.equal(await reevaluateCourse(server.open.deps, course.id), 0);
  });

  test('recording a completion twice announces it once, and says whether it was new', async () => {
    const of = await enroll(await makeCourse(server, { sections: [[{}, {}]] }));
    assert.deepEqual(await record(of, 0), { progressPercent: 50, enrollmentStatus: 'active', isNew: true });
    assert.deepEqual(await record(of, 0), { progressPercent: 50, enrollmentStatus: 'active', isNew: false });
    assert.equal((await read(of)).lastActivityAt, null);
    assert.deepEqual(await record(of, 1, of.learner.id), {
      progressPercent: 100,
      enrollmentStatus: 'completed',
      isNew: true,
    });
    assert.equal((await read(of)).lastActivityAt, server.clock.now().toISOString());
    assert.equal((await eventsOf(server, 'lesson.completed', of.course.id)).length, 2);
    assert.equal((await eventsOf(server, 'enrollment.completed', of.course.id)).length, 1);
    await assert.rejects(record({ ...of, enrollmentId: newId() }, 0), { code: 'not_found' });
  });

  test('two completions of the last lessons recorded at once complete the enrollment once', async () => {
    const of = await enroll(await makeCourse(server, { sections: [[{}, {}]] }));
    const recorded = await Promise.all([record(of, 0), record(of, 1)]);
    assert.deepEqual(
      recorded.map(({ progressPercent }) => progressPercent).toSorted((a, b) => a - b),
      [50, 100],
    );
    assert.equal((await eventsOf(server, 'enrollment.completed', of.course.id)).length, 1);
  });

  test('what a grade completes in a withdrawn enrollment counts, and completes it when it is resumed', async () => {
    const of = await enroll(await makeCourse(server));
    await server.delete(`/enrollments/${of.enrollmentId}`, of.learner.token);
    assert.deepEqual(await record(of, 0), {
      progressPercent: 99,
      enrollmentStatus: 'withdrawn',
      isNew: true,
    });
    await server.post(`/courses/${of.course.id}/enrollments`, {}, of.learner.token);
    await server.runJobs();
    assert.equal((await read(of)).status, 'completed');
  });

  test('a transaction that fails leaves neither completion nor event', async () => {
    const of = await enroll(await makeCourse(server));
    const { deps } = server.open;
    const failing = inTransaction(deps.db, async (tx) => {
      const lessonId = of.course.lessonIds[0] ?? '';
      await recordLessonCompletion(deps, tx, {
        enrollmentId: of.enrollmentId,
        lessonId,
        actorId: null,
        now: deps.clock.now(),
      });
      throw new Error('the grade was wrong');
    });
    await assert.rejects(failing, /the grade was wrong/);
    assert.deepEqual([(await read(of)).status, (await read(of)).progressPercent], ['active', 0]);
    assert.equal((await eventsOf(server, 'lesson.completed', of.course.id)).length, 0);
    assert.equal((await statisticsOf(server, of.course.id)).completion_count, 0);
  });

  test('the nightly check finds what was planted, says so in log and result, and mends nothing', async () => {
    const course = await makeCourse(server, { sections: [[{}, {}, { type: 'quiz' }]] });
    const [wrong, passed, right] = [await enroll(course), await enroll(course), await enroll(course)];
    await confirm(right, 0);
    const clean = await checkProgress(server.open.deps);
    assert.equal(clean.differenceCount, 0, JSON.stringify(clean.differences));

    const { db } = server.open.deps;
    await db
      .updateTable('enrollment')
      .set({ progress_percent: 77 })
      .where('id', '=', wrong.enrollmentId)
      .execute();
    const lessonId = course.lessonIds[2] ?? '';
    const quizId = await addQuiz(server, { courseId: course.id, lessonId });
    await addAttempt(
      server,
      { courseId: course.id, lessonId, quizId, enrollmentId: passed.enrollmentId, userId: passed.learner.id },
      1,
      'passed',
    );
    const planted = [
      { kind: 'percent', enrollmentId: wrong.enrollmentId, stored: 77, counted: 0 },
      { kind: 'passed_quiz', enrollmentId: passed.enrollmentId, lessonId },
    ];
    const found = await checkProgress(server.open.deps, 3);
    assert.equal(found.differenceCount, 2);
    assert.deepEqual(
      found.differences.toSorted((a, b) => a.enrollmentId.localeCompare(b.enrollmentId)),
      planted,
    );
    for (const difference of planted) {
      const line = server.log.find((each) => each['level'] === 'warn' && each['kind'] === difference.kind);
      assert.equal(line?.['enrollmentId'], difference.enrollmentId);
    }
    const stored = await db
      .selectFrom('progress_check')
      .selectAll()
      .where('id', '=', found.id)
      .executeTakeFirstOrThrow();
    assert.equal(stored.difference_count, 2);
    assert.equal(stored.enrollment_count, clean.enrollmentCount);
    assert.equal((await read(wrong)).progressPercent, 77);
  });

  test('one that misses nothing and was never completed is a difference', async () => {
    const of = await enroll(await makeCourse(server, { sections: [[{}, {}]] }));
    await confirm(of, 0);
    await server.open.deps.db
      .updateTable('lesson')
      .set({ is_required: false })
      .where('id', '=', of.course.lessonIds[1] ?? '')
      .execute();
    const { differences } = await checkProgress(server.open.deps);
    const found = differences.filter(({ enrollmentId }) => enrollmentId === of.enrollmentId);
    assert.deepEqual(found, [{ kind: 'percent', enrollmentId: of.enrollmentId, stored: 50, counted: 100 }]);
    await change(of.course, 1, { is_required: false });
    assert.equal((await read(of)).status, 'completed');
  });
});
