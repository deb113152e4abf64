import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { newId } from '#platform/ids.ts';
import type { Body } from '#test/client.ts';
import { addQuizLesson } from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { graceSeconds } from './deadline.ts';
import {
  answersTo,
  enroll,
  makeQuiz,
  makeTakenQuiz,
  questionOfType,
  secrets,
  start,
  submit,
} from './quiz-testing.ts';

const all = Object.values(questionOfType);
const nothing = '01890000-0000-7000-8000-000000000000';

suite('attempts', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    // The clock moves further than a session's first token lasts.
    server = await startTestServer({ config: { accessTokenExpireMinutes: 600 } });
    people = await makePeople(server);
  });
  after(() => server?.stop());

  const tryStart = (quizId: string, token?: string, body?: unknown) =>
    server.post(`/quizzes/${quizId}/attempts`, body, token);
  const save = (attempt: Body, answers: unknown, token = people.student.token) =>
    server.put(`/attempts/${attempt.id}/answers`, { answers }, token);
  const read = async (attempt: Body): Promise<Body> =>
    (await server.get(`/attempts/${attempt.id}`, people.student.token)).body;
  const countAttempts = async (quizId: string): Promise<number> => {
    const rows = await server.open.deps.db
      .selectFrom('attempt')
      .select('id')
      .where('quiz_id', '=', quizId)
      .execute();
    return rows.length;
  };

  test('attempts are for the enrolled, and strangers learn of none', async () => {
    const quiz = await makeQuiz(server, people.instructor);
    assert.equal((await tryStart(quiz.quizId)).status, 401);
    assert.equal((await tryStart(nothing, people.student.token)).status, 404);
    for (const stranger of [people.student, people.otherInstructor]) {
      assert.equal((await tryStart(quiz.quizId, stranger.token)).status, 404);
    }
    for (const staff of [people.instructor, people.admin]) {
      const answer = await tryStart(quiz.quizId, staff.token);
      assert.deepEqual([answer.status, answer.body.code], [409, 'not_enrolled']);
    }
    assert.equal(await countAttempts(quiz.quizId), 0);
  });

  test('an attempt is its learner’s alone: to others it is not there, and staff only read', async () => {
    const quiz = await makeTakenQuiz(server, people);
    await enroll(server, people.otherStudent, quiz.courseId);
    const attempt = await start(server, people.student, quiz.quizId);
    const answers = answersTo(attempt);
    const grades = [{ questionId: attempt.questions[0].id, points: 1 }];
    const operations: [string, string, unknown?][] = [
      ['GET', ''],
      ['PUT', '/answers', { answers }],
      ['POST', '/submission', { answers }],
      ['PUT', '/grades', { grades }],
    ];
    for (const [method, path, body] of operations) {
      const as = async (token?: string, id = attempt.id) =>
        (await server.request(method, `/attempts/${id}${path}`, { body, token })).status;
      assert.equal(await as(), 401, `${method} ${path}`);
      assert.equal(await as(people.otherStudent.token), 404, `${method} ${path}: fellow student`);
      assert.equal(await as(people.otherInstructor.token), 404, `${method} ${path}: of another course`);
      assert.equal(await as(people.student.token, nothing), 404, `${method} ${path}: no such attempt`);
    }
    const { token } = people.instructor;
    assert.equal((await server.get(`/attempts/${attempt.id}`, token)).status, 200);
    assert.equal((await save(attempt, answers, token)).status, 403);
    assert.equal((await server.post(`/attempts/${attempt.id}/submission`, {}, token)).status, 403);
    assert.equal((await read(attempt)).status, 'inProgress');
  });

  test('only one’s own current enrollment can be named', async () => {
    const quiz = await makeTakenQuiz(server, people);
    const other = await enroll(server, people.otherStudent, quiz.courseId);
    const { token } = people.student;
    for (const enrollmentId of [other.id, nothing]) {
      assert.equal((await tryStart(quiz.quizId, token, { enrollmentId })).status, 404);
    }
    assert.equal((await tryStart(quiz.quizId, token, { enrollmentId: 'x' })).status, 400);
    assert.equal((await tryStart(quiz.quizId, token, { user: 'x' })).body.code, 'unknown_field');
    const made = await tryStart(quiz.quizId, token, { enrollmentId: quiz.enrollmentId });
    assert.equal(made.status, 201);
    assert.equal(made.body.enrollmentId, quiz.enrollmentId);
  });

  test('a quiz that is not ready is not there for learners', async () => {
    const quiz = await makeTakenQuiz(server, people);
    const lesson = await addQuizLesson(server, people.instructor, quiz.sectionId);
    const settings = { passingPercent: 50, showResults: 'score' };
    const unready = await server.put(`/lessons/${lesson.id}/quiz`, settings, people.instructor.token);
    assert.equal((await tryStart(unready.body.id, people.student.token)).status, 404);
  });

  test('an attempt starts with all questions and no answer, once; then it goes on', async () => {
    const quiz = await makeTakenQuiz(server, people, { questions: all });
    const first = await tryStart(quiz.quizId, people.student.token);
    assert.equal(first.status, 201, first.text);
    const attempt = first.body;
    assert.equal(first.headers.get('location'), `/api/v1/attempts/${attempt.id}`);
    assert.deepEqual(
      [
        attempt.number,
        attempt.status,
        attempt.expiresAt,
        attempt.secondsLeft,
        attempt.score,
        attempt.maxScore,
      ],
      [1, 'inProgress', null, null, null, 9],
    );
    assert.deepEqual(
      attempt.questions.map(({ prompt }: Body) => prompt),
      all.map(({ prompt }) => prompt),
    );
    for (const secret of secrets) assert.ok(!first.text.includes(secret), secret);
    const own = new Set(attempt.questions.map(({ id }: Body) => id));
    assert.ok(
      quiz.questions.every(({ id }) => !own.has(id)),
      'ids of its own',
    );
    const second = await tryStart(quiz.quizId, people.student.token);
    assert.equal(second.status, 200);
    assert.deepEqual(second.body, attempt);
    assert.deepEqual(await read(attempt), attempt);
  });

  test('of two starts at once, both get one attempt', async () => {
    const quiz = await makeTakenQuiz(server, people);
    for (let round = 0; round < 5; round++) {
      const both = [1, 2, 3].map(() => tryStart(quiz.quizId, people.student.token));
      const answers = await Promise.all(both);
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 200, 201]);
      assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
      assert.equal(await countAttempts(quiz.quizId), round + 1);
      await submit(server, people.student, answers[0]?.body);
    }
  });

  test('attempts are counted per enrollment, up to the limit, also of two at once', async () => {
    const quiz = await makeTakenQuiz(server, people, { settings: { maxAttempts: 2 } });
    await submit(server, people.student, await start(server, people.student, quiz.quizId));
    const second = await start(server, people.student, quiz.quizId);
    assert.equal(second.number, 2);
    const token = people.student.token;
    assert.equal((await tryStart(quiz.quizId, token)).status, 200, 'the last one goes on');
    await submit(server, people.student, second);
    const refused = await Promise.all([tryStart(quiz.quizId, token), tryStart(quiz.quizId, token)]);
    for (const { status, body } of refused)
      assert.deepEqual([status, body.code], [409, 'attempts_exhausted']);
    await enroll(server, people.otherStudent, quiz.courseId);
    assert.equal((await start(server, people.otherStudent, quiz.quizId)).number, 1);
  });

  test('a repeated Idempotency-Key starts nothing new', async () => {
    const quiz = await makeTakenQuiz(server, people);
    const key = { 'idempotency-key': newId() };
    const one = await server.post(`/quizzes/${quiz.quizId}/attempts`, {}, people.student.token, key);
    await submit(server, people.student, one.body);
    const again = await server.post(`/quizzes/${quiz.quizId}/attempts`, {}, people.student.token, key);
    assert.deepEqual([again.status, again.body.id], [201, one.body.id]);
    assert.equal(await countAttempts(quiz.quizId), 1);
  });

  test('a shuffled quiz comes in the order of the attempt, which stays', async () => {
    const questions = Array.from({ length: 20 }, (_, i) => ({
      ...questionOfType.essay,
      prompt: `Question ${i}`,
    }));
    const choices = Array.from({ length: 20 }, (_, i) => ({ text: `Option ${i}`, isCorrect: i === 0 }));
    const single = { ...questionOfType.single, options: choices };
    const shape = { questions: [single, ...questions], settings: { shuffleQuestions: true } };
    const quiz = await makeTakenQuiz(server, people, shape);
    const orders: string[] = [];
    for (let i = 0; i < 2; i++) {
      const attempt = await start(server, people.student, quiz.quizId);
      assert.deepEqual((await read(attempt)).questions, attempt.questions);
      const prompts = attempt.questions.map(({ prompt }: Body) => prompt);
      const options = attempt.questions.find(({ type }: Body) => type === 'single').options;
      const texts = options.map(({ text }: Body) => text);
      const byId = options
        .toSorted((a: Body, b: Body) => (a.id < b.id ? -1 : 1))
        .map(({ text }: Body) => text);
      const authored = choices.map(({ text }) => text);
      assert.deepEqual(texts.toSorted(), authored.toSorted());
      assert.notDeepEqual(texts, authored);
      assert.notDeepEqual(byId, authored, 'ids do not tell the order');
      orders.push(JSON.stringify([prompts, texts]));
      await submit(server, people.student, { ...attempt, questions: [] });
    }
    assert.notEqual(orders[0], orders[1]);
  });

  test('answers merge by question, null clears, and nothing is lost by repeating', async () => {
    const quiz = await makeTakenQuiz(server, people, { questions: all });
    const attempt = await start(server, people.student, quiz.quizId);
    const [first, second, ...rest] = answersTo(attempt);
    assert.equal((await save(attempt, [first])).status, 200);
    const { body } = await save(attempt, [second, ...rest]);
    assert.equal(body.answers.length, all.length);
    assert.equal(body.status, 'inProgress');
    await save(attempt, [second, ...rest]);
    const stored = (await read(attempt)).questions.map(({ id, response }: Body) => ({
      questionId: id,
      response,
    }));
    assert.deepEqual(stored, answersTo(attempt));
    await save(attempt, [{ questionId: first?.questionId, response: null }]);
    assert.equal((await read(attempt)).questions[0].response, null);
    assert.equal((await save(attempt, [])).body.answers.length, all.length);
  });

  test('a lower revision than stored is ignored; without one the answer counts', async () => {
    const quiz = await makeTakenQuiz(server, people, { questions: [questionOfType.essay] });
    const attempt = await start(server, people.student, quiz.quizId);
    const questionId = attempt.questions[0].id;
    const put = async (response: unknown, revision?: number) => {
      const { status, body, text } = await save(attempt, [{ questionId, response, revision }]);
      assert.equal(status, 200, text);
      return [body.answers[0].response, body.answers[0].revision];
    };
    assert.deepEqual(await put('first'), ['first', null]);
    assert.deepEqual(await put('two', 2), ['two', 2]);
    assert.deepEqual(await put('one', 1), ['two', 2]);
    assert.deepEqual(await put('two again', 2), ['two again', 2]);
    assert.deepEqual(await put('no revision'), ['no revision', 2]);
    assert.deepEqual(await put(null, 3), [null, 3]);
    assert.deepEqual(await put('late', 2), [null, 3]);
    const final = { answers: [{ questionId, response: 'later than late', revision: 1 }] };
    await server.post(`/attempts/${attempt.id}/submission`, final, people.student.token);
    const staff = await server.get(`/attempts/${attempt.id}`, people.instructor.token);
    assert.equal(staff.body.questions[0].response, null, 'also in the submission');
  });

  test('answers that do not fit are refused with the reason at their place, and none is kept', async () => {
    const quiz = await makeTakenQuiz(server, people, { questions: all });
    const attempt = await start(server, people.student, quiz.quizId);
    const byType = Object.fromEntries(attempt.questions.map((question: Body) => [question.type, question]));
    const good = { questionId: byType.essay.id, response: 'Because.' };
    const cases: [unknown, string, string][] = [
      [{ questionId: byType.single.id, response: 'x' }, '/answers/1/response', 'unknown_option'],
      [{ questionId: byType.single.id, response: [] }, '/answers/1/response', 'wrong_type'],
      [{ questionId: byType.multiple.id, response: ['x'] }, '/answers/1/response/0', 'unknown_option'],
      [{ questionId: byType.trueFalse.id, response: 'true' }, '/answers/1/response', 'wrong_type'],
      [{ questionId: byType.numeric.id, response: '4' }, '/answers/1/response', 'wrong_type'],
      [{ questionId: byType.shortText.id, response: 4 }, '/answers/1/response', 'wrong_type'],
      [{ questionId: byType.essay.id, response: 'twice' }, '/answers/1/questionId', 'duplicate_question'],
      [{ questionId: quiz.questions[0].id, response: 'x' }, '/answers/1/questionId', 'unknown_question'],
      [{ questionId: byType.numeric.id, response: {} }, '/answers/1/response', 'type'],
      [{ questionId: byType.numeric.id, response: 1, revision: -1 }, '/answers/1/revision', 'minimum'],
      [{ questionId: byType.numeric.id, response: 1, revision: 2 ** 31 }, '/answers/1/revision', 'maximum'],
      [{ questionId: byType.numeric.id }, '/answers/1/response', 'required'],
      [{ questionId: byType.numeric.id, response: 1, points: 1 }, '/answers/1/points', 'unknown_field'],
    ];
    for (const [bad, path, code] of cases) {
      for (const answer of [
        await save(attempt, [good, bad]),
        await server.post(
          `/attempts/${attempt.id}/submission`,
          { answers: [good, bad] },
          people.student.token,
        ),
      ]) {
        assert.equal(answer.status, 400, JSON.stringify(bad));
        assert.deepEqual([answer.body.errors[0].path, answer.body.errors[0].code], [path, code]);
      }
    }
    assert.equal((await save(attempt, { not: 'a list' })).status, 400);
    const after = await read(attempt);
    assert.equal(after.status, 'inProgress');
    assert.ok(after.questions.every(({ response }: Body) => response === null));
  });

  test('the server keeps the clock: answers count until the grace is over, and no longer', async () => {
    const quiz = await makeTakenQuiz(server, people, { settings: { timeLimitSeconds: 60 } });
    const attempt = await start(server, people.student, quiz.quizId);
    assert.equal(attempt.secondsLeft, 60);
    assert.equal(Date.parse(attempt.expiresAt) - Date.parse(attempt.startedAt), 60_000);
    server.clock.advance({ seconds: 59, ms: 500 });
    assert.equal((await read(attempt)).secondsLeft, 1);
    server.clock.advance({ seconds: graceSeconds, ms: 499 });
    const late = await save(attempt, answersTo(attempt));
    assert.deepEqual([late.status, late.body.secondsLeft], [200, 0]);
    server.clock.advance({ ms: 1 });
    const closed = await save(attempt, answersTo(attempt, false));
    assert.deepEqual([closed.status, closed.body.code], [409, 'attempt_closed']);
  });

  test('a submitted attempt takes no more answers', async () => {
    const quiz = await makeTakenQuiz(server, people);
    const attempt = await start(server, people.student, quiz.quizId);
    await submit(server, people.student, attempt);
    const { status, body } = await save(attempt, answersTo(attempt, false));
    assert.deepEqual([status, body.code], [409, 'attempt_closed']);
  });

  test('who was withdrawn starts, answers and submits nothing; the attempts stay, without questions', async () => {
    const quiz = await makeTakenQuiz(server, people);
    const attempt = await start(server, people.student, quiz.quizId);
    await save(attempt, answersTo(attempt));
    const path = `/enrollments/${quiz.enrollmentId}`;
    assert.equal((await server.delete(path, people.student.token)).status, 204);
    for (const answer of [
      await tryStart(quiz.quizId, people.student.token),
      await save(attempt, answersTo(attempt, false)),
      await server.post(`/attempts/${attempt.id}/submission`, {}, people.student.token),
    ]) {
      assert.deepEqual([answer.status, answer.body.code], [409, 'enrollment_withdrawn']);
    }
    const kept = await read(attempt);
    assert.deepEqual([kept.status, kept.questions], ['inProgress', undefined]);
    await enroll(server, people.student, quiz.courseId);
    const resumed = await start(server, people.student, quiz.quizId);
    assert.equal(resumed.id, attempt.id);
    assert.deepEqual(resumed.questions[0].response, answersTo(attempt)[0]?.response);
  });

  test('reading an attempt takes two statements however many questions and answers it has', async () => {
    const quiz = await makeTakenQuiz(server, people, { questions: [...all, ...all, ...all] });
    const attempt = await start(server, people.student, quiz.quizId);
    await save(attempt, answersTo(attempt));
    server.takeStatements();
    await read(attempt);
    assert.equal(server.takeStatements().length, 2);
    await save(attempt, answersTo(attempt));
    assert.equal(server.takeStatements().length, 4);
  });
});
