import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  eventsOf,
  makeCourse,
  statisticsOf,
  type LessonShape,
  type MadeCourse,
} from '#features/enrollments/course-testing.ts';
import type { Person } from '#test/client.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { addAttempt, addQuiz } from './attempt-testing.ts';

const video: LessonShape = { type: 'video', durationSeconds: 100 };

suite('progress', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  type Learning = { course: MadeCourse; learner: Person; enrollmentId: string; path: string };
  const learn = async (sections: LessonShape[][]): Promise<Learning> => {
    const course = await makeCourse(server, { sections, staff: { [people.instructor.id]: 'owner' } });
    const learner = await server.registerStudent();
    const { body } = await server.post(`/courses/${course.id}/enrollments`, {}, learner.token);
    return { course, learner, enrollmentId: body.id, path: `/enrollments/${body.id}` };
  };
  const lessonPath = ({ path, course }: Learning, index: number) =>
    `${path}/lessons/${course.lessonIds[index]}`;
  const confirm = (of: Learning, index: number, token = of.learner.token) =>
    server.put(`${lessonPath(of, index)}/completion`, {}, token);
  const beat = (of: Learning, index: number, body: unknown = {}) =>
    server.put(`${lessonPath(of, index)}/progress`, body, of.learner.token);
  const read = async (of: Learning) => (await server.get(`${of.path}/progress`, of.learner.token)).body;

  test('strangers get 404 for everything of an enrollment, staff read and get 403 for the rest', async () => {
    const of = await learn([[{}]]);
    const operations: [string, string, unknown?][] = [
      ['GET', of.path],
      ['GET', `${of.path}/progress`],
      ['PUT', `${lessonPath(of, 0)}/progress`, {}],
      ['PUT', `${lessonPath(of, 0)}/completion`, {}],
      ['PUT', `${of.path}/review`, { rating: 5 }],
      ['DELETE', of.path],
    ];
    const statuses = async (token?: string) => {
      const answers = [];
      for (const [method, path, body] of operations.slice(0, 5))
        answers.push((await server.request(method, path, { token, body })).status);
      return answers;
    };
    assert.deepEqual(await statuses(), [401, 401, 401, 401, 401]);
    for (const stranger of [people.student, people.otherInstructor]) {
      assert.deepEqual(await statuses(stranger.token), [404, 404, 404, 404, 404]);
      assert.equal((await server.delete(of.path, stranger.token)).status, 404);
    }
    for (const staff of [people.instructor, people.admin])
      assert.deepEqual(await statuses(staff.token), [200, 200, 403, 403, 403]);
    assert.equal((await server.get(of.path, people.instructor.token)).body.user.email, of.learner.email);
    assert.equal((await read(of)).lessons[0].status, 'notStarted');
  });

  test('progress lists what is ready, in order, with what is missing', async () => {
    const of = await learn([[{}, { isReady: false }, video], [{ type: 'quiz', isRequired: false }]]);
    const [text, , film, quiz] = of.course.lessonIds as [string, string, string, string];
    await addQuiz(
      server,
      { courseId: of.course.id, lessonId: quiz },
      { passingPercent: 62.5, maxAttempts: 3 },
    );
    await beat(of, 2, { positionSeconds: 4.25, watched: [[0, 4.25]] });
    const progress = await read(of);
    assert.deepEqual(
      [progress.progressPercent, progress.enrollmentStatus, progress.courseId],
      [0, 'active', of.course.id],
    );
    assert.deepEqual(
      progress.sections.map((each: { id: string }) => each.id),
      of.course.sectionIds,
    );
    assert.deepEqual(
      progress.lessons.map((each: Record<string, unknown>) => [
        each['lessonId'],
        each['sectionId'],
        each['status'],
        each['isRequired'],
      ]),
      [
        [text, of.course.sectionIds[0], 'notStarted', true],
        [film, of.course.sectionIds[0], 'inProgress', true],
        [quiz, of.course.sectionIds[1], 'notStarted', false],
      ],
    );
    assert.equal(progress.lessons[1].positionSeconds, 4.25);
    assert.deepEqual(
      progress.lessons.map((each: { missing: { code: string; params?: unknown }[] }) =>
        each.missing.map(({ code, params }) => [code, params]),
      ),
      [
        [['confirmation_missing', undefined]],
        [['not_watched_enough', { watchedSeconds: 4.25, durationSeconds: 100, requiredPercent: 90 }]],
        [['quiz_not_passed', { passingPercent: 62.5, attemptsLeft: 3 }]],
      ],
    );
  });

  test('a quiz lesson tells of open, ungraded and exhausted attempts', async () => {
    const of = await learn([[{ type: 'quiz' }]]);
    const lessonId = of.course.lessonIds[0] ?? '';
    const quizId = await addQuiz(server, { courseId: of.course.id, lessonId }, { maxAttempts: 2 });
    const attempted = {
      courseId: of.course.id,
      lessonId,
      quizId,
      enrollmentId: of.enrollmentId,
      userId: of.learner.id,
    };
    const codes = async () =>
      (await read(of)).lessons[0].missing.map((reason: { code: string }) => reason.code);
    await addAttempt(server, attempted, 1, 'failed');
    assert.deepEqual(await codes(), ['quiz_not_passed']);
    assert.equal((await read(of)).lessons[0].status, 'inProgress');
    await addAttempt(server, attempted, 2, 'ungraded');
    assert.deepEqual(await codes(), ['quiz_not_passed', 'quiz_awaiting_grading']);
    const refused = await confirm(of, 0);
    assert.deepEqual([refused.status, refused.body.code], [409, 'completion_not_reached']);
    assert.deepEqual(refused.body.errors, (await read(of)).lessons[0].missing);
  });

  test('confirming texts moves the percent, floored, and the last one completes; again changes nothing', async () => {
    const of = await learn([
      [{}, {}],
      [{}, { isRequired: false }],
    ]);
    const percents = [];
    for (const index of [0, 1, 2]) {
      server.clock.advance({ seconds: 5 });
      const { status, body } = await confirm(of, index);
      assert.equal(status, 200);
      percents.push([body.progressPercent, body.enrollmentStatus, body.status, body.missing.length]);
    }
    assert.deepEqual(percents, [
      [33, 'active', 'completed', 0],
      [66, 'active', 'completed', 0],
      [100, 'completed', 'completed', 0],
    ]);
    const completedAt = server.clock.now().toISOString();
    server.clock.advance({ minutes: 5 });
    const again = await confirm(of, 2);
    assert.deepEqual(
      [again.status, again.body.progressPercent, again.body.completedAt],
      [200, 100, completedAt],
    );
    const { body } = await server.get(of.path, of.learner.token);
    assert.deepEqual(
      [body.status, body.completedAt, body.nextLessonId],
      ['completed', completedAt, of.course.lessonIds[3]],
    );
    assert.equal(body.lastActivityAt, completedAt);
    assert.equal((await statisticsOf(server, of.course.id)).completion_count, 1);
    const facts = await eventsOf(server, 'enrollment.completed', of.course.id);
    const data = { userId: of.learner.id, courseId: of.course.id, enrollmentId: of.enrollmentId };
    assert.deepEqual(facts, [{ type: 'enrollment.completed', actor_id: of.learner.id, data }]);
    const lessons = await eventsOf(server, 'lesson.completed', of.course.id);
    assert.deepEqual(
      lessons.map((each) => each.data['lessonId']),
      of.course.lessonIds.slice(0, 3),
    );
  });

  test('a course of many lessons shows 100 only when it is complete', async () => {
    const of = await learn([Array.from({ length: 201 }, () => ({}))]);
    const { db } = server.open.deps;
    const now = server.clock.now();
    const rows = of.course.lessonIds.slice(0, 199).map((lessonId) => ({
      enrollment_id: of.enrollmentId,
      lesson_id: lessonId,
      completed_at: now,
      first_seen_at: now,
      updated_at: now,
    }));
    await db.insertInto('lesson_progress').values(rows).execute();
    assert.equal((await confirm(of, 199)).body.progressPercent, 99);
    assert.equal((await confirm(of, 200)).body.progressPercent, 100);
  });

  test('the last two lessons confirmed at once complete it once', async () => {
    for (let round = 0; round < 5; round++) {
      const of = await learn([[{}, {}]]);
      const answers = await Promise.all([confirm(of, 0), confirm(of, 1), confirm(of, 0), confirm(of, 1)]);
      for (const { status } of answers) assert.equal(status, 200);
      assert.equal((await read(of)).progressPercent, 100);
      assert.equal((await eventsOf(server, 'enrollment.completed', of.course.id)).length, 1);
      assert.equal((await eventsOf(server, 'lesson.completed', of.course.id)).length, 2);
      assert.equal((await statisticsOf(server, of.course.id)).completion_count, 1);
    }
  });

  test('a withdrawn enrollment takes neither heartbeats nor completions', async () => {
    const of = await learn([[{}]]);
    await server.delete(of.path, of.learner.token);
    for (const answer of [
      await beat(of, 0),
      await confirm(of, 0),
      await server.put(`${of.path}/review`, { rating: 1 }, of.learner.token),
    ]) {
      assert.deepEqual([answer.status, answer.body.code], [409, 'enrollment_withdrawn']);
    }
    assert.equal((await server.get(`${of.path}/progress`, of.learner.token)).status, 200);
  });

  test('a lesson of another course, one that is not ready and one that is deleted are not there', async () => {
    const of = await learn([[{}, { isReady: false }, {}]]);
    const other = await makeCourse(server);
    await server.open.deps.db
      .updateTable('lesson')
      .set({ deleted_at: server.clock.now() })
      .where('id', '=', of.course.lessonIds[2] ?? '')
      .execute();
    const paths = [
      `${of.path}/lessons/${other.lessonIds[0]}`,
      lessonPath(of, 1),
      lessonPath(of, 2),
      `${of.path}/lessons/${of.enrollmentId}`,
    ];
    for (const path of paths) {
      assert.equal((await server.put(`${path}/progress`, {}, of.learner.token)).status, 404);
      assert.equal((await server.put(`${path}/completion`, {}, of.learner.token)).status, 404);
    }
    assert.equal(await countRows(of), 0);
  });

  const countRows = async ({ enrollmentId }: Learning) =>
    (
      await server.open.deps.db
        .selectFrom('lesson_progress')
        .select('lesson_id')
        .where('enrollment_id', '=', enrollmentId)
        .execute()
    ).length;

  test('a video completes by being watched, at double speed at most, and no sooner', async () => {
    const of = await learn([[video]]);
    const atOnce = await beat(of, 0, { watched: [[0, 100]], positionSeconds: 100 });
    assert.deepEqual(
      [atOnce.status, atOnce.body.status, atOnce.body.watchedSeconds],
      [200, 'inProgress', 10],
    );
    assert.deepEqual(atOnce.body.missing[1].params, { reportedSeconds: 100, secondsToWait: 40 });
    const refused = await confirm(of, 0);
    assert.deepEqual(
      [refused.status, refused.body.errors[0].code, refused.body.errors[0].params.watchedSeconds],
      [409, 'not_watched_enough', 10],
    );
    server.clock.advance({ seconds: 39 });
    assert.equal((await beat(of, 0)).body.watchedSeconds, 88);
    server.clock.advance({ seconds: 1 });
    const done = await beat(of, 0);
    assert.deepEqual([done.body.status, done.body.watchedSeconds, done.body.missing], ['completed', 90, []]);
    assert.deepEqual(
      [done.body.progressPercent, done.body.enrollmentStatus, done.body.secondsSpent],
      [100, 'completed', 40],
    );
    assert.equal((await confirm(of, 0)).status, 200);
    const later = await beat(of, 0, { positionSeconds: 3 });
    assert.deepEqual(
      [later.body.status, later.body.completedAt, later.body.positionSeconds],
      ['completed', done.body.completedAt, 3],
    );
    assert.equal((await eventsOf(server, 'lesson.completed', of.course.id)).length, 1);
  });

  test('a video watched offline is complete when enough time has passed and it is asked', async () => {
    const of = await learn([[video, {}]]);
    await beat(of, 0, { watched: [[0, 95]] });
    server.clock.advance({ minutes: 2 });
    const done = await confirm(of, 0);
    assert.deepEqual(
      [done.status, done.body.status, done.body.watchedSeconds, done.body.progressPercent],
      [200, 'completed', 95, 50],
    );
  });

  test('heartbeats that come late, twice or out of order lower nothing', async () => {
    const of = await learn([[{ ...video, durationSeconds: 1_000 }]]);
    const begin = server.clock.now().getTime();
    const sent = (second: number) => new Date(begin + second * 1000).toISOString();
    await beat(of, 0, { positionSeconds: 0 });
    server.clock.advance({ seconds: 60 });
    const third = { positionSeconds: 60, watched: [[40, 60]], occurredAt: sent(60) };
    await beat(of, 0, third);
    await beat(of, 0, { positionSeconds: 20, watched: [[0, 20]], occurredAt: sent(20) });
    await beat(of, 0, third);
    const late = await beat(of, 0, { positionSeconds: 40, watched: [[20, 40]], occurredAt: sent(40) });
    assert.deepEqual(
      [late.body.positionSeconds, late.body.watchedSeconds, late.body.secondsSpent],
      [60, 60, 60],
    );
    const replay = await beat(of, 0, third);
    assert.deepEqual(replay.body, late.body);
  });

  test('heartbeats at the same instant lose nothing', async () => {
    const of = await learn([[{ ...video, durationSeconds: 1_000 }, {}]]);
    await beat(of, 0);
    server.clock.advance({ minutes: 10 });
    const stretches = Array.from({ length: 12 }, (_, index) => [index * 20, index * 20 + 10]);
    const answers = await Promise.all(stretches.map((each) => beat(of, 0, { watched: [each] })));
    for (const { status } of answers) assert.equal(status, 200);
    assert.equal((await read(of)).lessons[0].watchedSeconds, 120);
    assert.equal((await read(of)).lessons[0].secondsSpent, 60);
  });

  test('what is no heartbeat is refused with 400', async () => {
    const of = await learn([[video]]);
    const wrong = [
      { watched: [[0]] },
      { watched: [[0, -1]] },
      { watched: [['0', 1]] },
      { positionSeconds: 1e9 },
      { positionSeconds: '5' },
      { occurredAt: 'now' },
      { occurredAt: '2026-12-31T23:59:60Z' },
      { secondsSpent: 500 },
      { watched: Array.from({ length: 1_001 }, () => [0, 1]) },
    ];
    for (const body of wrong)
      assert.equal((await beat(of, 0, body)).status, 400, JSON.stringify(body).slice(0, 60));
    assert.equal(
      (await server.put(`${lessonPath(of, 0)}/completion`, { force: true }, of.learner.token)).body.code,
      'unknown_field',
    );
    assert.equal(
      (await server.put(`${lessonPath(of, 0)}/progress`, undefined, of.learner.token)).status,
      200,
    );
    assert.equal((await beat(of, 0, { watched: [[50, 20]] })).body.watchedSeconds, 0);
  });

  test('reading writes nothing', async () => {
    const of = await learn([[video]]);
    server.takeStatements();
    await read(of);
    await server.get(of.path, of.learner.token);
    assert.deepEqual(
      server.takeStatements().filter((text) => /\b(?:insert|update|delete)\b/i.test(text)),
      [],
    );
    assert.equal(await countRows(of), 0);
  });

  test('reading, heartbeats and completing keep to their numbers of statements', async () => {
    const of = await learn([[{}, video, video]]);
    const counted: Record<string, number> = {};
    const count = async (name: string, run: () => Promise<unknown>) => {
      server.takeStatements();
      await run();
      counted[name] = server.takeStatements().length;
    };
    await beat(of, 1, { watched: [[0, 90]] });
    await beat(of, 2, { watched: [[0, 90]] });
    server.clock.advance({ minutes: 5 });
    await count('read', () => read(of));
    await count('first', () => beat(of, 0));
    await count('heartbeat', () => beat(of, 0, { positionSeconds: 3 }));
    await count('text', () => confirm(of, 0));
    await count('video', () => beat(of, 1));
    await count('last', () => beat(of, 2));
    assert.equal((await read(of)).progressPercent, 100);
    // Of the completing ones: sign-in, lock, lesson, write, facts; and for the last the certificate's job.
    assert.deepEqual(counted, { read: 3, first: 4, heartbeat: 4, text: 5, video: 5, last: 6 });
  });
});
