import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Body } from '#test/client.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { graceSeconds } from './deadline.ts';
import {
  answersTo,
  countEvents,
  eventsOfAttempt,
  makeTakenQuiz,
  questionOfType,
  start,
  submit,
  type MadeQuiz,
  type QuizShape,
} from './quiz-testing.ts';

const { single, essay } = questionOfType;
const submitted = 'quiz.submitted';
const graded = 'quiz.graded';

suite('grades', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    // The clock moves further than a session's first token lasts.
    server = await startTestServer({ config: { accessTokenExpireMinutes: 600 } });
    people = await makePeople(server);
  });
  after(() => server?.stop());

  const grade = (attempt: Body, grades: unknown, token = people.instructor.token) =>
    server.put(`/attempts/${attempt.id}/grades`, { grades }, token);
  const enrollment = async (quiz: { enrollmentId: string }): Promise<Body> =>
    (await server.get(`/enrollments/${quiz.enrollmentId}`, people.student.token)).body;
  /** A submitted attempt at a single question worth 1 and essays worth 2; `ids` are its questions'. */
  async function submittedEssays(count = 1, shape: QuizShape = {}) {
    const essays = Array.from({ length: count }, () => essay);
    const quiz = await makeTakenQuiz(server, people, { questions: [single, ...essays], ...shape });
    const attempt = await start(server, people.student, quiz.quizId);
    const result = await submit(server, people.student, attempt);
    const ids: string[] = attempt.questions.map(({ id }: Body) => id);
    return { quiz, attempt: result, ids };
  }
  async function makeStaff(quiz: MadeQuiz, role: 'assistant' | 'observer') {
    const { id, token } = people.otherStudent;
    const path = `/courses/${quiz.courseId}/staff/${id}`;
    const answer = await server.put(path, { role }, people.instructor.token);
    assert.ok(answer.status < 300, answer.text);
    return token;
  }

  test('only staff who grade may: assistants, not observers, and never the learner', async () => {
    const { quiz, attempt, ids } = await submittedEssays();
    const grades = [{ questionId: ids[1], points: 2 }];
    assert.equal((await grade(attempt, grades, people.student.token)).status, 403);
    assert.equal((await grade(attempt, grades, people.otherInstructor.token)).status, 404);
    const token = await makeStaff(quiz, 'observer');
    assert.equal((await grade(attempt, grades, token)).status, 403);
    assert.equal((await server.get(`/attempts/${attempt.id}`, token)).body.questions.length, 2);
    await makeStaff(quiz, 'assistant');
    assert.equal((await grade(attempt, grades, token)).status, 200);
    assert.equal((await grade(attempt, grades, people.admin.token)).status, 200);
  });

  test('grades that do not fit are refused with the reason at their place, and none is kept', async () => {
    const { attempt, ids } = await submittedEssays();
    const good = { questionId: ids[0], points: 0 };
    const cases: [unknown, string, string][] = [
      [{ questionId: ids[1], points: 2.01 }, '/grades/1/points', 'too_many_points'],
      [{ questionId: ids[1], points: 1.001 }, '/grades/1/points', 'too_many_decimals'],
      [{ questionId: ids[1], points: -0.01 }, '/grades/1/points', 'minimum'],
      [{ questionId: ids[1], points: '1' }, '/grades/1/points', 'type'],
      [{ questionId: ids[1] }, '/grades/1/points', 'required'],
      [{ questionId: ids[0], points: 1 }, '/grades/1/questionId', 'duplicate_question'],
      [{ questionId: attempt.id, points: 1 }, '/grades/1/questionId', 'unknown_question'],
      [{ questionId: ids[1], points: 1, isCorrect: true }, '/grades/1/isCorrect', 'unknown_field'],
    ];
    for (const [bad, path, code] of cases) {
      const { status, body } = await grade(attempt, [good, bad]);
      assert.equal(status, 400, JSON.stringify(bad));
      assert.deepEqual([body.errors[0].path, body.errors[0].code], [path, code]);
    }
    assert.equal((await grade(attempt, [])).status, 400);
    const after = await server.get(`/attempts/${attempt.id}`, people.student.token);
    assert.deepEqual(after.body, attempt);
  });

  test('an attempt that goes on cannot be graded; one whose time is over can', async () => {
    const shape = { questions: [essay], settings: { timeLimitSeconds: 60 } };
    const quiz = await makeTakenQuiz(server, people, shape);
    const attempt = await start(server, people.student, quiz.quizId);
    const grades = [{ questionId: attempt.questions[0].id, points: 2 }];
    const early = await grade(attempt, grades);
    assert.deepEqual([early.status, early.body.code], [409, 'attempt_not_submitted']);
    await server.put(
      `/attempts/${attempt.id}/answers`,
      { answers: answersTo(attempt) },
      people.student.token,
    );
    server.clock.advance({ seconds: 60 + graceSeconds });
    const { status, body } = await grade(attempt, grades);
    assert.deepEqual([status, body.status, body.submittedBy, body.passed], [200, 'graded', 'clock', true]);
    assert.deepEqual(await eventsOfAttempt(server, attempt.id), [submitted, graded]);
  });

  test('an essay waits for its grader, whose grade then completes what depends on it', async () => {
    const { quiz, attempt, ids } = await submittedEssays(2);
    assert.deepEqual([attempt.status, attempt.passed, attempt.gradedAt], ['needsGrading', null, null]);
    assert.deepEqual([attempt.score, attempt.percent], [1, 20]);
    assert.deepEqual(await eventsOfAttempt(server, attempt.id), [submitted]);
    const half = await grade(attempt, [
      { questionId: ids[1], points: 1.5, feedback: 'Well *said*.<script>' },
    ]);
    assert.deepEqual([half.body.status, half.body.score, half.body.passed], ['needsGrading', 2.5, null]);
    assert.equal((await enrollment(quiz)).status, 'active');
    const whole = await grade(attempt, [{ questionId: ids[2], points: 0.5 }]);
    assert.deepEqual(
      [whole.body.status, whole.body.score, whole.body.percent, whole.body.passed],
      ['graded', 3, 60, true],
    );
    assert.deepEqual(await eventsOfAttempt(server, attempt.id), [submitted, graded]);
    assert.equal((await enrollment(quiz)).status, 'completed');
    const seen = (await server.get(`/attempts/${attempt.id}`, people.student.token)).body;
    assert.equal(seen.questions[1].feedback, 'Well *said*.<script>');
    assert.match(seen.questions[1].feedbackHtml, /<em>said<\/em>/);
    assert.ok(!seen.questions[1].feedbackHtml.includes('<script'));
    assert.deepEqual([seen.questions[1].points, seen.questions[1].isCorrect], [1.5, false]);
  });

  test('essays that were left blank need no grader', async () => {
    const quiz = await makeTakenQuiz(server, people, { questions: [single, essay] });
    const attempt = await start(server, people.student, quiz.quizId);
    const [first] = answersTo(attempt);
    const answers = [first, { questionId: attempt.questions[1].id, response: ' ' }];
    const { body } = await server.post(
      `/attempts/${attempt.id}/submission`,
      { answers },
      people.student.token,
    );
    assert.deepEqual([body.status, body.score, body.passed], ['graded', 1, false]);
  });

  test('a grade can be changed, of any type of question, and feedback left out stays', async () => {
    const { attempt, ids } = await submittedEssays();
    await grade(attempt, [{ questionId: ids[1], points: 2, feedback: 'Good.' }]);
    const lower = await grade(attempt, [{ questionId: ids[1], points: 1 }]);
    assert.deepEqual([lower.body.score, lower.body.questions[1].feedback], [2, 'Good.']);
    const manual = await grade(attempt, [{ questionId: ids[0], points: 0, feedback: 'No.' }]);
    assert.deepEqual([manual.body.score, manual.body.questions[0].isCorrect], [1, false]);
    const cleared = await grade(attempt, [{ questionId: ids[1], points: 2, feedback: null }]);
    assert.deepEqual(
      [cleared.body.score, cleared.body.questions[1].feedback, cleared.body.questions[1].isCorrect],
      [2, null, true],
    );
    const read = await server.get(`/attempts/${attempt.id}`, people.instructor.token);
    assert.deepEqual(read.body, cleared.body);
  });

  test('thirds of points stay exact when another question is graded', async () => {
    const third = { ...questionOfType.multiple, points: 1 };
    const shape = {
      questions: [third, third, third, { ...essay, points: 1 }],
      settings: { passingPercent: 50 },
    };
    const quiz = await makeTakenQuiz(server, people, shape);
    const attempt = await start(server, people.student, quiz.quizId);
    const answers = attempt.questions.map(({ id, options }: Body) => ({
      questionId: id,
      response: options
        ? options.filter(({ text }: Body) => text === 'Right A').map(({ id }: Body) => id)
        : 'Text',
    }));
    await server.post(`/attempts/${attempt.id}/submission`, { answers }, people.student.token);
    const { body } = await grade(attempt, [{ questionId: attempt.questions[3].id, points: 1 }]);
    assert.deepEqual([body.score, body.percent, body.passed], [2, 50, true]);
  });

  test('a lower grade takes no completion away, and the same grade again is no news', async () => {
    const { quiz, attempt, ids } = await submittedEssays();
    const best = [{ questionId: ids[1], points: 2 }];
    await grade(attempt, best);
    await grade(attempt, best);
    await grade(attempt, [{ questionId: ids[1], points: 2, feedback: 'More words.' }]);
    assert.deepEqual(await eventsOfAttempt(server, attempt.id), [submitted, graded]);
    const worst = await grade(attempt, [{ questionId: ids[1], points: 0 }]);
    assert.deepEqual([worst.body.passed, worst.body.percent], [false, 33.33]);
    assert.equal((await enrollment(quiz)).status, 'completed');
    await grade(attempt, best);
    assert.deepEqual(await eventsOfAttempt(server, attempt.id), [submitted, graded, graded, graded]);
    assert.equal(await countEvents(server, 'enrollment.completed', quiz.enrollmentId), 1);
  });

  test('of two graders at once, both grades count', async () => {
    for (let round = 0; round < 3; round++) {
      const { attempt, ids } = await submittedEssays(2);
      await Promise.all([
        grade(attempt, [{ questionId: ids[1], points: 2 }]),
        grade(attempt, [{ questionId: ids[2], points: 1 }]),
      ]);
      const { body } = await server.get(`/attempts/${attempt.id}`, people.instructor.token);
      assert.deepEqual([body.status, body.score], ['graded', 4]);
      assert.deepEqual(await eventsOfAttempt(server, attempt.id), [submitted, graded]);
    }
  });

  test('the attempts of who left are graded all the same', async () => {
    const { quiz, attempt, ids } = await submittedEssays();
    await server.delete(`/enrollments/${quiz.enrollmentId}`, people.student.token);
    const { status, body } = await grade(attempt, [{ questionId: ids[1], points: 2 }]);
    assert.deepEqual([status, body.passed], [200, true]);
    assert.equal((await enrollment(quiz)).status, 'withdrawn');
  });
});
