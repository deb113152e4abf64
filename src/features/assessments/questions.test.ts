import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import type { Body, Json } from '#test/client.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { makeQuiz, makeTakenQuiz, questionOfType, start } from './quiz-testing.ts';

const { single, multiple, trueFalse, shortText, numeric, essay } = questionOfType;
const right = { text: 'A', isCorrect: true };
const wrong = { text: 'B', isCorrect: false };

suite('questions', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server?.stop());

  const add = (quizId: string, question: unknown) =>
    server.post(`/quizzes/${quizId}/questions`, question, people.instructor.token);
  const patch = (question: Body, body: Json) =>
    server.patch(`/questions/${question.id}`, body, people.instructor.token);
  const list = async (quizId: string): Promise<Body[]> =>
    (await server.get(`/quizzes/${quizId}/questions`, people.instructor.token)).body.items;
  const isReady = async (lessonId: string) =>
    (await server.get(`/lessons/${lessonId}`, people.instructor.token)).body.isReady;

  /** Every operation on questions, as a request. */
  function operations(quizId: string, questionId: string): [string, string, unknown?][] {
    return [
      ['GET', `/quizzes/${quizId}/questions`],
      ['POST', `/quizzes/${quizId}/questions`, single],
      ['PUT', `/quizzes/${quizId}/questions`, { questionIds: [questionId] }],
      ['GET', `/questions/${questionId}`],
      ['PATCH', `/questions/${questionId}`, { points: 2 }],
      ['DELETE', `/questions/${questionId}`],
    ];
  }

  test('no question is read or written by anyone but staff', async () => {
    const quiz = await makeTakenQuiz(server, people);
    for (const [method, path, body] of operations(quiz.quizId, quiz.questions[0].id)) {
      const as = async (token?: string) => (await server.request(method, path, { body, token })).status;
      assert.equal(await as(), 401, `${method} ${path}`);
      assert.equal(await as(people.student.token), 403, `${method} ${path}: enrolled`);
      assert.equal(await as(people.otherStudent.token), 404, `${method} ${path}: stranger`);
      assert.equal(await as(people.otherInstructor.token), 404, `${method} ${path}: of another course`);
    }
    assert.equal((await list(quiz.quizId)).length, 1, 'nothing has changed');
  });

  test('assistants and observers read questions and change none', async () => {
    const quiz = await makeQuiz(server, people.instructor);
    const { db } = server.open.deps;
    for (const [person, role] of [
      [people.student, 'assistant'],
      [people.otherStudent, 'observer'],
    ] as const) {
      await db
        .insertInto('course_staff')
        .values({ course_id: quiz.courseId, user_id: person.id, role, created_at: server.clock.now() })
        .execute();
      for (const [method, path, body] of operations(quiz.quizId, quiz.questions[0].id)) {
        const { status } = await server.request(method, path, { body, token: person.token });
        assert.equal(status, method === 'GET' ? 200 : 403, `${role}: ${method} ${path}`);
      }
    }
  });

  test('ids of nothing are 404 everywhere', async () => {
    const id = '01890000-0000-7000-8000-000000000000';
    for (const [method, path, body] of operations(id, id)) {
      const { status } = await server.request(method, path, { body, token: people.instructor.token });
      assert.equal(status, 404, `${method} ${path}`);
    }
  });

  test('each type is kept as it was written, with its defaults and its HTML beside', async () => {
    const { quizId } = await makeQuiz(server, people.instructor, { questions: [], isPublished: false });
    for (const question of Object.values(questionOfType)) {
      const { status, body, text, headers } = await add(quizId, question);
      assert.equal(status, 201, text);
      assert.equal(headers.get('location'), `/api/v1/questions/${body.id}`);
      const read = await server.get(`/questions/${body.id}`, people.instructor.token);
      assert.deepEqual(read.body, body);
      const options = body.options?.map(({ text, isCorrect }: Body) => ({ text, isCorrect }));
      assert.deepEqual(
        { ...body, ...(options && { options }), ...question },
        { ...body, ...(options && { options }) },
      );
    }
    const plain = { type: 'shortText', prompt: '*Hm*<script>', points: 0.25, answers: ['x'] };
    const { body } = await add(quizId, plain);
    assert.deepEqual([body.ignoreCase, body.ignoreAccents, body.explanation], [true, false, null]);
    assert.match(body.promptHtml, /<em>Hm<\/em>/);
    assert.ok(!body.promptHtml.includes('<script'));
    assert.equal(
      (await add(quizId, { type: 'numeric', prompt: 'x', points: 1, answer: 1e300 })).body.tolerance,
      0,
    );
    const more = { type: 'multiple', prompt: 'x', points: 1, options: [right, wrong] };
    assert.equal((await add(quizId, more)).body.scoring, 'partial');
    assert.deepEqual((await list(quizId)).map(({ type }) => type).slice(0, 6), Object.keys(questionOfType));
  });

  test('a question that cannot be answered or graded is refused with the reason at its place', async () => {
    const { quizId } = await makeQuiz(server, people.instructor, { questions: [], isPublished: false });
    const many = Array.from({ length: 51 }, (_, i) => ({ text: `${i}`, isCorrect: i === 0 }));
    const foreign = { ...right, id: '01890000-0000-7000-8000-000000000000' };
    const cases: [unknown, string, string][] = [
      [{}, '/type', 'required'],
      [{ ...essay, type: 'riddle' }, '/type', 'enum'],
      [{ ...essay, type: 5 }, '/type', 'type'],
      [{ type: 'essay', points: 1 }, '/prompt', 'required'],
      [{ ...essay, prompt: ' \n' }, '/prompt', 'blank'],
      [{ ...essay, points: -1 }, '/points', 'minimum'],
      [{ ...essay, points: 10_000.01 }, '/points', 'maximum'],
      [{ ...essay, points: 0.005 }, '/points', 'too_many_decimals'],
      [{ ...essay, points: 1e-7 }, '/points', 'too_many_decimals'],
      [{ ...essay, answer: true }, '/answer', 'unknown_field'],
      [{ ...essay, id: foreign.id }, '/id', 'unknown_field'],
      [{ ...single, scoring: 'partial' }, '/scoring', 'unknown_field'],
      [{ ...single, options: [right] }, '/options', 'min_items'],
      [{ ...single, options: many }, '/options', 'max_items'],
      [{ ...single, options: [wrong, { ...wrong, text: 'C' }] }, '/options', 'one_correct_option'],
      [{ ...single, options: [right, { ...right, text: 'C' }] }, '/options', 'one_correct_option'],
      [{ ...single, options: [right, { ...wrong, text: ' A ' }] }, '/options/1/text', 'duplicate_option'],
      [{ ...single, options: [right, { text: 'B' }] }, '/options/1/isCorrect', 'required'],
      [{ ...single, options: [right, { ...wrong, points: 1 }] }, '/options/1/points', 'unknown_field'],
      [{ ...single, options: [foreign, wrong] }, '/options/0/id', 'unknown_option'],
      [{ ...multiple, options: [wrong, { ...wrong, text: 'C' }] }, '/options', 'no_correct_option'],
      [{ ...multiple, scoring: 'half' }, '/scoring', 'enum'],
      [{ ...trueFalse, answer: 'yes' }, '/answer', 'type'],
      [{ ...shortText, answers: [] }, '/answers', 'min_items'],
      [{ ...shortText, answers: ['a', ' '] }, '/answers/1', 'blank'],
      [{ ...shortText, answers: ['a', '\u200b'] }, '/answers/1', 'blank'],
      [{ ...shortText, answers: ['a', 'a'] }, '/answers', 'unique_items'],
      [{ ...numeric, answer: '4' }, '/answer', 'type'],
      [{ ...numeric, tolerance: -0.1 }, '/tolerance', 'minimum'],
    ];
    for (const [body, path, code] of cases) {
      const answer = await add(quizId, body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      const found = answer.body.errors.map((error: Body) => `${error.path} ${error.code}`);
      assert.ok(found.includes(`${path} ${code}`), `${JSON.stringify(body)} → ${found.join(', ')}`);
      const isUnknown = code === 'unknown_field';
      assert.equal(answer.body.code, isUnknown ? 'unknown_field' : 'invalid');
    }
    const infinite = await server.request('POST', `/quizzes/${quizId}/questions`, {
      token: people.instructor.token,
      raw: '{"type":"numeric","prompt":"x","points":1,"answer":1e999}',
    });
    assert.equal(infinite.status, 400);
    assert.deepEqual(await list(quizId), []);
  });

  test('a patch keeps what it leaves out, replaces options, and keeps one by its id', async () => {
    const { questions } = await makeQuiz(server, people.instructor, { questions: [single] });
    const [first] = questions[0].options;
    const options = [
      { text: 'New', isCorrect: false },
      { ...first, text: 'The right one, reworded' },
    ];
    const { status, body, text } = await patch(questions[0], { options });
    assert.equal(status, 200, text);
    assert.equal(body.options.length, 2);
    assert.deepEqual(body.options[1], { ...first, text: 'The right one, reworded' });
    assert.notEqual(body.options[0].id, first.id);
    assert.equal(body.prompt, single.prompt);
    const cleared = await patch(questions[0], { explanation: null, points: 2.5 });
    assert.deepEqual(
      [cleared.body.explanation, cleared.body.explanationHtml, cleared.body.points],
      [null, null, 2.5],
    );
    assert.deepEqual(cleared.body.options, body.options);
  });

  test('a patch is held to the question’s type, which never changes', async () => {
    const { questions } = await makeQuiz(server, people.instructor, {
      questions: Object.values(questionOfType),
    });
    const byType = Object.fromEntries(questions.map((question) => [question.type, question]));
    const twice = byType['single'].options[0];
    const cases: [string, Json, string, string][] = [
      ['single', { type: 'essay' }, '/type', 'unknown_field'],
      ['single', { answers: ['x'] }, '/answers', 'unknown_field'],
      [
        'single',
        { options: [twice, { ...twice, text: 'C', isCorrect: false }] },
        '/options/1/id',
        'duplicate_option',
      ],
      ['single', { options: [wrong, { ...wrong, text: 'C' }] }, '/options', 'one_correct_option'],
      ['single', { prompt: null }, '/prompt', 'type'],
      ['multiple', { options: [{ ...twice }, wrong] }, '/options/0/id', 'unknown_option'],
      ['trueFalse', { answer: 1 }, '/answer', 'type'],
      ['numeric', { answer: true }, '/answer', 'type'],
      ['numeric', { answer: 'x' }, '/answer', 'type'],
      ['essay', { answer: 1 }, '/answer', 'unknown_field'],
      ['essay', { points: 1.005 }, '/points', 'too_many_decimals'],
    ];
    for (const [type, body, path, code] of cases) {
      const answer = await patch(byType[type], body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.deepEqual(
        [answer.body.errors[0].path, answer.body.errors[0].code],
        [path, code],
        JSON.stringify(body),
      );
    }
    assert.equal((await patch(byType['trueFalse'], { answer: false })).body.answer, false);
    assert.equal((await patch(byType['numeric'], { tolerance: 2 })).body.answer, numeric.answer);
  });

  test('a writer who read another version of a question is refused', async () => {
    const { questions } = await makeQuiz(server, people.instructor, { questions: [single, essay] });
    const path = `/questions/${questions[0].id}`;
    const { token } = people.instructor;
    const ifMatch = { 'if-match': (await server.get(path, token)).headers.get('etag') ?? '' };
    assert.equal((await server.patch(path, { points: 2 }, token, ifMatch)).status, 200);
    assert.equal((await server.patch(path, { points: 3 }, token, ifMatch)).status, 412);
    assert.equal((await server.delete(path, token, ifMatch)).status, 412);
  });

  test('an order names every question once', async () => {
    const { quizId, questions } = await makeQuiz(server, people.instructor, {
      questions: [single, essay, numeric],
    });
    const ids = questions.map(({ id }) => id);
    const put = (questionIds: string[]) =>
      server.put(`/quizzes/${quizId}/questions`, { questionIds }, people.instructor.token);
    const reversed = ids.toReversed();
    const answer = await put(reversed);
    assert.deepEqual(
      answer.body.items.map(({ id }: Body) => id),
      reversed,
    );
    assert.deepEqual(
      (await list(quizId)).map(({ id }) => id),
      reversed,
    );
    const foreign = (await makeQuiz(server, people.instructor)).questions[0].id;
    for (const bad of [
      ids.slice(1),
      [...ids, foreign],
      [ids[0], ids[0], ids[1]],
      [foreign, ids[1], ids[2]],
      [],
    ]) {
      const refused = await put(bad);
      assert.equal(refused.body.code, 'questions_changed');
    }
    await add(quizId, trueFalse);
    assert.equal((await list(quizId)).at(-1)?.type, 'trueFalse', 'a new one comes last');
  });

  test('a quiz is ready while a question is worth points', async () => {
    const quiz = await makeQuiz(server, people.instructor, { questions: [], isPublished: false });
    const first = await add(quiz.quizId, { ...single, points: 0 });
    assert.equal(await isReady(quiz.lessonId), false);
    await patch(first.body, { points: 1 });
    assert.equal(await isReady(quiz.lessonId), true);
    await server.delete(`/questions/${first.body.id}`, people.instructor.token);
    assert.equal(await isReady(quiz.lessonId), false, 'in a draft it may be emptied');
  });

  test('what is published is not emptied, in no way', async () => {
    const quiz = await makeTakenQuiz(server, people);
    const [question] = quiz.questions;
    for (const answer of [
      await server.delete(`/questions/${question.id}`, people.instructor.token),
      await patch(question, { points: 0 }),
    ]) {
      assert.equal(answer.status, 409);
      assert.equal(answer.body.code, 'quiz_empty');
    }
    assert.equal(await isReady(quiz.lessonId), true);
  });

  test('nor is it emptied by two who take out different questions at once', async () => {
    const quiz = await makeTakenQuiz(server, people);
    let [left] = quiz.questions;
    for (let round = 0; round < 8; round++) {
      const pair = [left, (await add(quiz.quizId, essay)).body];
      const taking = pair.map(({ id }) => server.delete(`/questions/${id}`, people.instructor.token));
      const statuses = (await Promise.all(taking)).map(({ status }) => status);
      assert.deepEqual(statuses.toSorted(), [204, 409]);
      left = pair[statuses.indexOf(409)];
    }
    assert.equal(await isReady(quiz.lessonId), true);
  });

  test('a quiz is ready in the end when its last question goes while another comes', async () => {
    const quiz = await makeQuiz(server, people.instructor, { isPublished: false });
    const { db } = server.open.deps;
    let adding: ReturnType<typeof add> | undefined;
    await db.transaction().execute(async (tx) => {
      await tx.selectFrom('quiz').select('id').where('id', '=', quiz.quizId).forUpdate().execute();
      adding = add(quiz.quizId, trueFalse);
      await waitFor('the other waits', async () => {
        const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return (await waiting.execute(db)).rows.length > 0;
      });
      // What taking out the last question does, while it holds the quiz.
      await tx
        .updateTable('question')
        .set({ removed_at: new Date() })
        .where('quiz_id', '=', quiz.quizId)
        .execute();
      await tx.updateTable('lesson').set({ is_ready: false }).where('id', '=', quiz.lessonId).execute();
    });
    assert.equal((await adding)?.status, 201);
    assert.equal(await isReady(quiz.lessonId), true);
  });

  test('a question that is taken out is gone, and taken out once', async () => {
    const { quizId, questions } = await makeQuiz(server, people.instructor, { questions: [single, essay] });
    const path = `/questions/${questions[1].id}`;
    assert.equal((await server.delete(path, people.instructor.token)).status, 204);
    assert.equal((await server.delete(path, people.instructor.token)).status, 404);
    assert.equal((await server.patch(path, { points: 1 }, people.instructor.token)).status, 404);
    assert.equal((await list(quizId)).length, 1);
  });

  test('editing leaves attempts as they were', async () => {
    const quiz = await makeTakenQuiz(server, people, { questions: [single, essay] });
    const attempt = await start(server, people.student, quiz.quizId);
    await patch(quiz.questions[0], { prompt: 'Changed', points: 5 });
    await server.delete(`/questions/${quiz.questions[1].id}`, people.instructor.token);
    const again = await server.get(`/attempts/${attempt.id}`, people.student.token);
    assert.deepEqual(again.body, attempt);
    assert.equal(attempt.questions.length, 2);
  });

  test('a quiz has at most 200 questions, which one page lists with as few statements as one', async () => {
    const { quizId } = await makeQuiz(server, people.instructor);
    server.takeStatements();
    await list(quizId);
    const few = server.takeStatements().length;
    for (let i = 1; i < 200; i++) assert.equal((await add(quizId, essay)).status, 201);
    const full = await add(quizId, essay);
    assert.equal(full.status, 409);
    assert.equal(full.body.code, 'quiz_full');
    assert.deepEqual(full.body.errors[0].params, { max: 200 });
    server.takeStatements();
    assert.equal((await list(quizId)).length, 200);
    assert.equal(server.takeStatements().length, few);
    assert.equal(few, 3);
  });
});
