import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Body } from '#test/client.ts';
import { addTextLesson } from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { submitOverdue } from './commands/submit-overdue.ts';
import { graceSeconds } from './deadline.ts';
import { submitOverdueJob } from './jobs.ts';
import {
  answersTo,
  eventsOfAttempt,
  makeTakenQuiz,
  questionOfType,
  start,
  submit,
  type QuizShape,
} from './quiz-testing.ts';

const { single, multiple, numeric, shortText, trueFalse } = questionOfType;
const automatic = [single, multiple, trueFalse, shortText, numeric];
const timed = { settings: { timeLimitSeconds: 60 } };

suite('submission', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    // The clock moves further than a session's first token lasts.
    server = await startTestServer({ config: { accessTokenExpireMinutes: 600 } });
    people = await makePeople(server);
  });
  after(() => server?.stop());

  const post = (attempt: Body, body: unknown = {}) =>
    server.post(`/attempts/${attempt.id}/submission`, body, people.student.token);
  const read = async (attempt: Body): Promise<Body> =>
    (await server.get(`/attempts/${attempt.id}`, people.student.token)).body;
  const enrollment = async (id: string): Promise<Body> =>
    (await server.get(`/enrollments/${id}`, people.student.token)).body;
  const rowOf = (attempt: Body) =>
    server.open.deps.db
      .selectFrom('attempt')
      .select(['status', 'submitted_by', 'submitted_at', 'passed', 'updated_at'])
      .where('id', '=', attempt.id)
      .executeTakeFirstOrThrow();
  const begin = async (shape: QuizShape = {}) => {
    const quiz = await makeTakenQuiz(server, people, shape);
    return { quiz, attempt: await start(server, people.student, quiz.quizId) };
  };
  const timeOut = () => server.clock.advance({ seconds: 60 + graceSeconds });

  test('every type is graded, and passing completes the lesson in the same moment', async () => {
    const { quiz, attempt } = await begin({ questions: automatic });
    const result = await submit(server, people.student, attempt);
    assert.deepEqual(
      [result.status, result.score, result.maxScore, result.percent, result.passed, result.submittedBy],
      ['graded', 7, 7, 100, true, 'learner'],
    );
    assert.ok(result.questions.every(({ isCorrect }: Body) => isCorrect === true));
    const { status, progressPercent } = await enrollment(quiz.enrollmentId);
    assert.deepEqual([status, progressPercent], ['completed', 100]);
    assert.deepEqual(await eventsOfAttempt(server, attempt.id), ['quiz.submitted', 'quiz.graded']);
  });

  test('partial credit counts to two decimals, and passing compares what is not rounded', async () => {
    const shape = { questions: [multiple], settings: { passingPercent: 66.67 } };
    const { quiz, attempt } = await begin(shape);
    const chosen = attempt.questions[0].options.filter(({ text }: Body) => /Right [AB]/.test(text));
    const response = chosen.map(({ id }: Body) => id);
    const { body } = await post(attempt, { answers: [{ questionId: attempt.questions[0].id, response }] });
    assert.deepEqual([body.score, body.percent, body.passed], [2, 66.67, false]);
    assert.equal((await enrollment(quiz.enrollmentId)).status, 'active');
    const third = { ...multiple, points: 1 };
    const other = await begin({ questions: [third, third, third], settings: { passingPercent: 33.33 } });
    const answers = other.attempt.questions.map(({ id, options }: Body) => ({
      questionId: id,
      response: options.filter(({ text }: Body) => text === 'Right A').map(({ id }: Body) => id),
    }));
    const thirds = await post(other.attempt, { answers });
    assert.deepEqual([thirds.body.score, thirds.body.percent, thirds.body.passed], [1, 33.33, true]);
    assert.equal(thirds.body.questions[0].points, 0.33);
  });

  test('what was autosaved counts, the last answers come on top, and no answer earns nothing', async () => {
    const { attempt } = await begin({ questions: [single, trueFalse, numeric] });
    const [first, second] = answersTo(attempt);
    const [, wrong] = answersTo(attempt, false);
    await server.put(`/attempts/${attempt.id}/answers`, { answers: [first, wrong] }, people.student.token);
    const { body } = await post(attempt, { answers: [second] });
    assert.equal(body.score, 2);
    assert.deepEqual(
      body.questions.map(({ response, points, isCorrect }: Body) => [response, points, isCorrect]),
      [
        [first?.response, 1, true],
        [true, 1, true],
        [null, 0, false],
      ],
    );
  });

  test('submitting again is the same, whatever is sent with it', async () => {
    const { attempt } = await begin();
    const result = await submit(server, people.student, attempt, false);
    assert.equal(result.passed, false);
    server.clock.advance({ minutes: 1 });
    for (const body of [undefined, {}, { answers: answersTo(attempt, true) }]) {
      const again = await post(attempt, body);
      assert.equal(again.status, 200);
      assert.deepEqual(again.body, result);
    }
    assert.deepEqual(await read(attempt), result);
    assert.deepEqual(await eventsOfAttempt(server, attempt.id), ['quiz.submitted', 'quiz.graded']);
  });

  test('of two submissions at once, one counts, with one event each', async () => {
    for (let round = 0; round < 4; round++) {
      const { attempt } = await begin();
      const answers = [answersTo(attempt, true), answersTo(attempt, false)];
      const [one, other] = await Promise.all(answers.map((each) => post(attempt, { answers: each })));
      assert.deepEqual([one?.status, other?.status], [200, 200]);
      assert.deepEqual(one?.body, other?.body);
      assert.deepEqual(await eventsOfAttempt(server, attempt.id), ['quiz.submitted', 'quiz.graded']);
    }
  });

  test('an answer saved while it is submitted is either graded or refused', async () => {
    for (let round = 0; round < 4; round++) {
      const { attempt } = await begin();
      const saving = { answers: answersTo(attempt) };
      const [saved, submitted] = await Promise.all([
        server.put(`/attempts/${attempt.id}/answers`, saving, people.student.token),
        post(attempt),
      ]);
      assert.equal(submitted.status, 200);
      assert.equal(submitted.body.score, saved.status === 200 ? 1 : 0, saved.text);
      assert.deepEqual(await read(attempt), submitted.body);
    }
  });

  test('late answers count within the grace; after it the clock has submitted what was saved', async () => {
    const inGrace = await begin(timed);
    server.clock.advance({ seconds: 60 + graceSeconds, ms: -1 });
    const late = await submit(server, people.student, inGrace.attempt);
    assert.deepEqual([late.passed, late.submittedBy], [true, 'learner']);
    const { quiz, attempt } = await begin(timed);
    timeOut();
    const tooLate = await submit(server, people.student, attempt, true);
    assert.deepEqual([tooLate.status, tooLate.passed, tooLate.submittedBy], ['graded', false, 'clock']);
    assert.equal(tooLate.submittedAt, attempt.expiresAt);
    assert.equal((await rowOf(attempt)).status, 'graded', 'and it is stored so');
    assert.deepEqual(await eventsOfAttempt(server, attempt.id), ['quiz.submitted', 'quiz.graded']);
    assert.equal((await enrollment(quiz.enrollmentId)).status, 'active');
  });

  test('before the job came by, reading shows what it will leave, and writes nothing', async () => {
    const { quiz, attempt } = await begin({ ...timed, questions: automatic });
    const answers = answersTo(attempt);
    await server.put(`/attempts/${attempt.id}/answers`, { answers }, people.student.token);
    timeOut();
    server.takeStatements();
    const early = await read(attempt);
    assert.equal(server.takeStatements().length, 2);
    assert.equal((await rowOf(attempt)).status, 'inProgress', 'nothing is written');
    assert.deepEqual([early.status, early.submittedBy, early.passed], ['graded', 'clock', true]);
    await submitOverdue(server.open.deps, attempt.id);
    const { gradedAt, ...after } = await read(attempt);
    const { gradedAt: notYet, ...before } = early;
    assert.deepEqual(after, before);
    assert.ok(gradedAt && notYet === null);
    assert.equal((await enrollment(quiz.enrollmentId)).status, 'completed', 'the clock completes, too');
  });

  test('the clock’s job submits one attempt, the sweep all that are overdue, both harmless twice', async () => {
    const one = await begin(timed);
    const enqueue = (payload: { attemptId?: string }) =>
      server.open.deps.db
        .transaction()
        .execute((tx) => server.open.deps.jobs.enqueue(tx, submitOverdueJob, payload));
    await enqueue({ attemptId: one.attempt.id });
    await server.runJobs();
    assert.equal((await rowOf(one.attempt)).status, 'inProgress', 'too early');
    const two = await begin(timed);
    const untimed = await begin();
    timeOut();
    const fresh = await begin(timed);
    await enqueue({ attemptId: one.attempt.id });
    await enqueue({ attemptId: one.attempt.id });
    await server.runJobs();
    assert.equal((await rowOf(one.attempt)).submitted_by, 'clock');
    assert.equal((await rowOf(two.attempt)).status, 'inProgress');
    await enqueue({});
    await enqueue({});
    await server.runJobs();
    assert.equal((await rowOf(two.attempt)).status, 'graded');
    for (const { attempt } of [untimed, fresh]) assert.equal((await rowOf(attempt)).status, 'inProgress');
    for (const { attempt } of [one, two]) {
      assert.deepEqual(await eventsOfAttempt(server, attempt.id), ['quiz.submitted', 'quiz.graded']);
    }
  });

  test('a timed attempt brings its job, due when the grace is over', async () => {
    const { attempt } = await begin(timed);
    const { rows } = await server.open.engine.boss
      .getDb()
      .executeSql(
        `select start_after, data from pgboss.job where data->'payload'->>'attemptId' = '${attempt.id}'`,
      );
    assert.equal(rows.length, 1);
    const due = new Date(rows[0].start_after).getTime();
    assert.equal(due, Date.parse(attempt.expiresAt) + graceSeconds * 1000);
  });

  test('submission and clock at once: one of them counts, with one event each', async () => {
    for (let round = 0; round < 4; round++) {
      const { attempt } = await begin(timed);
      timeOut();
      const [submitted] = await Promise.all([
        post(attempt, { answers: answersTo(attempt) }),
        submitOverdue(server.open.deps, attempt.id),
        submitOverdue(server.open.deps, attempt.id),
      ]);
      assert.deepEqual([submitted.status, submitted.body.submittedBy], [200, 'clock']);
      assert.deepEqual(await eventsOfAttempt(server, attempt.id), ['quiz.submitted', 'quiz.graded']);
    }
  });

  test('the next attempt starts when the time of the last is over, whether or not the job came by', async () => {
    const { quiz, attempt } = await begin(timed);
    timeOut();
    const starts = [1, 2].map(() => start(server, people.student, quiz.quizId));
    const [next, same] = await Promise.all(starts);
    assert.equal(next.number, 2);
    assert.equal(same.id, next.id);
    assert.equal((await rowOf(attempt)).status, 'graded');
  });

  test('the time of a withdrawn enrollment runs on, and its answers count', async () => {
    const { quiz, attempt } = await begin(timed);
    const body = { answers: answersTo(attempt) };
    await server.put(`/attempts/${attempt.id}/answers`, body, people.student.token);
    await server.delete(`/enrollments/${quiz.enrollmentId}`, people.student.token);
    timeOut();
    await submitOverdue(server.open.deps, attempt.id);
    assert.equal((await rowOf(attempt)).passed, true);
    assert.equal((await enrollment(quiz.enrollmentId)).status, 'withdrawn');
    await server.post(`/courses/${quiz.courseId}/enrollments`, {}, people.student.token);
    await server.runJobs();
    assert.equal((await enrollment(quiz.enrollmentId)).status, 'completed');
  });

  test('failing completes nothing, and failing after passing takes nothing away', async () => {
    const { quiz, attempt } = await begin();
    await addTextLesson(server, people.instructor, quiz.sectionId);
    await submit(server, people.student, attempt, false);
    assert.equal((await enrollment(quiz.enrollmentId)).progressPercent, 0);
    await submit(server, people.student, await start(server, people.student, quiz.quizId), true);
    assert.equal((await enrollment(quiz.enrollmentId)).progressPercent, 50);
    await submit(server, people.student, await start(server, people.student, quiz.quizId), false);
    assert.equal((await enrollment(quiz.enrollmentId)).progressPercent, 50);
  });

  test('a learner is active when an attempt starts and when they submit it, not when the clock does', async () => {
    const { quiz, attempt } = await begin(timed);
    const lastActivity = async () => (await enrollment(quiz.enrollmentId)).lastActivityAt;
    const startedAt = attempt.startedAt;
    assert.equal(await lastActivity(), startedAt);
    timeOut();
    await submitOverdue(server.open.deps, attempt.id);
    assert.equal(await lastActivity(), startedAt);
    const second = await start(server, people.student, quiz.quizId);
    assert.equal(await lastActivity(), second.startedAt);
    server.clock.advance({ seconds: 5 });
    const { submittedAt } = await submit(server, people.student, second, false);
    assert.notEqual(submittedAt, second.startedAt);
    assert.equal(await lastActivity(), submittedAt);
  });

  test('the passing percent of the start decides, a later one does not', async () => {
    const { quiz, attempt } = await begin({
      questions: [single, trueFalse],
      settings: { passingPercent: 50 },
    });
    const settings = { passingPercent: 100, showResults: 'afterSubmission' };
    await server.put(`/lessons/${quiz.lessonId}/quiz`, settings, people.instructor.token);
    const { body } = await post(attempt, { answers: answersTo(attempt).slice(0, 1) });
    assert.deepEqual([body.percent, body.passed, body.passingPercent], [50, true, 50]);
  });
});
