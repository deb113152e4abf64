import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Body } from '#test/client.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { graceSeconds } from './deadline.ts';
import { answersTo, makeTakenQuiz, questionOfType, secrets, start } from './quiz-testing.ts';
import { showResultsValues, type ShowResults } from './policy.ts';

const { essay, ...graded } = questionOfType;

/** How an attempt ended. The open one is last: others at the same quiz would go on with it. */
const states = [
  'failed',
  'passed',
  'byClock',
  'needsGrading',
  'gradedFailed',
  'gradedPassed',
  'inProgress',
] as const;
type State = (typeof states)[number];
const passedStates: ReadonlySet<State> = new Set(['passed', 'byClock', 'gradedPassed']);

function maySeeAnswers(showResults: ShowResults, state: State): boolean {
  if (state === 'inProgress') return false;
  return showResults === 'afterSubmission' || (showResults === 'afterPass' && passedStates.has(state));
}

suite('what of a result leaves the server', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    // The clock moves further than a session's first token lasts.
    server = await startTestServer({ config: { accessTokenExpireMinutes: 600 } });
    people = await makePeople(server);
  });
  after(() => server?.stop());

  const quizzes = new Map<string, ReturnType<typeof makeTakenQuiz>>();
  function quizWith(showResults: ShowResults, hasEssay: boolean): ReturnType<typeof makeTakenQuiz> {
    const key = `${showResults} ${hasEssay}`;
    const questions = hasEssay ? [...Object.values(graded), essay] : Object.values(graded);
    const settings = { showResults, timeLimitSeconds: 60, passingPercent: 50 };
    const quiz = quizzes.get(key) ?? makeTakenQuiz(server, people, { questions, settings });
    quizzes.set(key, quiz);
    return quiz;
  }

  /** Brings an attempt into the state; collects all that the learner was sent on the way. */
  async function bringAbout(showResults: ShowResults, state: State) {
    const hasEssay = state === 'needsGrading' || state.startsWith('graded');
    const quiz = await quizWith(showResults, hasEssay);
    const { token } = people.student;
    const attempt = await start(server, people.student, quiz.quizId);
    const answers = answersTo(attempt, state !== 'failed' && state !== 'gradedFailed');
    const path = `/attempts/${attempt.id}`;
    const before = [JSON.stringify(attempt), (await server.put(`${path}/answers`, { answers }, token)).text];
    const after: string[] = [];
    if (state === 'byClock') server.clock.advance({ seconds: 60 + graceSeconds });
    else if (state !== 'inProgress') after.push((await server.post(`${path}/submission`, {}, token)).text);
    if (state.startsWith('graded')) {
      const grades = [{ questionId: attempt.questions.at(-1).id, points: 1, feedback: 'SECRET-feedback' }];
      const { status, text } = await server.put(`${path}/grades`, { grades }, people.instructor.token);
      assert.equal(status, 200, text);
    }
    const reads = [path, `/quizzes/${quiz.quizId}/attempts`, `/courses/${quiz.courseId}/attempts`];
    const around = [
      `/lessons/${quiz.lessonId}/quiz`,
      `/lessons/${quiz.lessonId}`,
      `/courses/${quiz.courseId}`,
    ];
    const more = [`/courses/${quiz.courseId}/outline`, `/enrollments/${quiz.enrollmentId}/progress`];
    const replay = server.post(`/quizzes/${quiz.quizId}/attempts`, {}, token);
    if (state === 'inProgress') before.push((await replay).text);
    for (const each of [...reads, ...around, ...more]) {
      const answer = await server.get(each, token);
      assert.equal(answer.status, 200, `${each}: ${answer.text}`);
      if (!reads.slice(0, 1).includes(each)) before.push(answer.text);
    }
    const seen = await server.get(path, token);
    after.push(seen.text);
    const ids = quiz.questions.map(({ id }: Body) => id as string);
    return { quiz, attempt: seen.body, before, after, sources: ids };
  }

  for (const showResults of showResultsValues) {
    for (const state of states) {
      const isOpen = maySeeAnswers(showResults, state);
      test(`showResults ${showResults}, ${state}: right answers are ${isOpen ? 'shown' : 'kept'}`, async () => {
        const { attempt, before, after, sources } = await bringAbout(showResults, state);
        const guarded = isOpen ? before : [...before, ...after];
        for (const text of guarded) {
          for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${text}`);
        }
        for (const id of sources)
          assert.ok(!after.some((text) => text.includes(id)), 'ids of the quiz’s questions');
        checkOutcome(attempt, showResults, state);
        assert.equal(attempt.questions !== undefined, isOpen || state === 'inProgress');
        if (isOpen) checkResults(attempt);
      });
    }
  }

  function checkOutcome(attempt: Body, showResults: ShowResults, state: State): void {
    const { score, percent, passed } = attempt;
    if (showResults === 'never' || state === 'inProgress') {
      assert.deepEqual([score, percent, passed], [null, null, null]);
      return;
    }
    assert.equal(typeof score, 'number');
    assert.equal(typeof percent, 'number');
    assert.equal(passed, state === 'needsGrading' ? null : passedStates.has(state));
  }

  function checkResults({ questions }: Body): void {
    for (const question of questions) {
      const { type, correctResponse, explanation, points, isCorrect } = question;
      assert.equal(explanation, questionOfType[type as keyof typeof questionOfType].explanation);
      assert.equal(correctResponse === null, type === 'essay');
      assert.ok(typeof points === 'number' || type === 'essay');
      assert.ok(typeof isCorrect === 'boolean' || type === 'essay');
    }
  }

  test('staff see all of it in every state', async () => {
    for (const state of states) {
      const { attempt } = await bringAbout('never', state);
      const { body } = await server.get(`/attempts/${attempt.id}`, people.instructor.token);
      assert.equal(body.questions[0].explanation, 'SECRET-single', state);
      assert.equal(body.questions[3].correctResponse, 'SECRET-answer', state);
      if (state !== 'inProgress') assert.equal(typeof body.score, 'number', state);
    }
  });

  test('a change of showResults counts at once, also for attempts of before', async () => {
    const { quiz, attempt } = await bringAbout('afterSubmission', 'failed');
    assert.ok(attempt.questions);
    const settings = { showResults: 'score', passingPercent: 50 };
    await server.put(`/lessons/${quiz.lessonId}/quiz`, settings, people.instructor.token);
    const { body, text } = await server.get(`/attempts/${attempt.id}`, people.student.token);
    assert.equal(body.passed, false);
    assert.ok(!secrets.some((secret) => text.includes(secret)));
  });
});
