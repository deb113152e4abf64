import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makePeople, type People } from '#test/people.ts';
import type { Body } from '#test/client.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { enroll, makeQuiz, makeTakenQuiz, questionOfType, start, submit } from './quiz-testing.ts';

const { single, essay } = questionOfType;

suite('lists of attempts', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    // The clock moves further than a session's first token lasts.
    server = await startTestServer({ config: { accessTokenExpireMinutes: 600 } });
    people = await makePeople(server);
  });
  after(() => server?.stop());

  const list = async (path: string, token: string): Promise<Body> => {
    const { status, body, text } = await server.get(path, token);
    assert.equal(status, 200, text);
    return body;
  };
  const idsOf = ({ items }: Body): string[] => items.map(({ id }: Body) => id);

  /** The student's attempts, graded, waiting and open, then the other student's, waiting; a minute apart. */
  async function severalAttempts() {
    const quiz = await makeTakenQuiz(server, people, { questions: [single, essay] });
    await enroll(server, people.otherStudent, quiz.courseId);
    const ids: string[] = [];
    for (const person of [people.student, people.student, people.student, people.otherStudent]) {
      server.clock.advance({ minutes: 1 });
      const attempt = await start(server, person, quiz.quizId);
      ids.push(attempt.id);
      if (ids.length === 1) await server.post(`/attempts/${attempt.id}/submission`, {}, person.token);
      else if (ids.length !== 3) await submit(server, person, attempt);
    }
    return { quiz, ids };
  }

  test('strangers list nothing', async () => {
    const quiz = await makeQuiz(server, people.instructor);
    const draft = await makeQuiz(server, people.instructor, { isPublished: false });
    const cases: [string, number][] = [
      [`/quizzes/${quiz.quizId}/attempts`, 404],
      [`/courses/${quiz.courseId}/attempts`, 403],
      [`/quizzes/${draft.quizId}/attempts`, 404],
      [`/courses/${draft.courseId}/attempts`, 404],
      [`/courses/${quiz.quizId}/attempts`, 404],
      [`/quizzes/${quiz.courseId}/attempts`, 404],
    ];
    for (const [path, status] of cases) {
      assert.equal((await server.get(path)).status, 401, path);
      assert.equal((await server.get(path, people.student.token)).status, status, path);
      assert.equal((await server.get(path, people.otherInstructor.token)).status, status, path);
    }
  });

  test('learners list their own, staff all of them with their person', async () => {
    const { quiz, ids } = await severalAttempts();
    const newestFirst = ids.toReversed();
    for (const path of [`/quizzes/${quiz.quizId}/attempts`, `/courses/${quiz.courseId}/attempts`]) {
      const own = await list(path, people.student.token);
      assert.deepEqual(idsOf(own), newestFirst.slice(1));
      assert.ok(
        own.items.every(({ user, questions }: Body) => user === undefined && questions === undefined),
      );
      assert.deepEqual(own.items[0].lesson, { id: quiz.lessonId, title: 'A quiz' });
      const all = await list(path, people.instructor.token);
      assert.deepEqual(idsOf(all), newestFirst);
      assert.deepEqual(all.items[0].user, { id: people.otherStudent.id, name: people.otherStudent.name });
      assert.deepEqual(idsOf(await list(path, people.admin.token)), newestFirst);
    }
  });

  test('filters, the grading queue among them, and a total', async () => {
    const { quiz, ids } = await severalAttempts();
    const path = `/courses/${quiz.courseId}/attempts`;
    const { token } = people.instructor;
    const queue = await list(`${path}?status=needsGrading&sort=submittedAt&include=total`, token);
    assert.deepEqual(idsOf(queue), [ids[1], ids[3]]);
    assert.deepEqual(queue.total, { value: 2, isCapped: false });
    assert.deepEqual(idsOf(await list(`${path}?sort=submittedAt`, token)), [ids[0], ids[1], ids[3], ids[2]]);
    assert.deepEqual(idsOf(await list(`${path}?sort=-submittedAt`, token)), [ids[2], ids[3], ids[1], ids[0]]);
    const some = await list(`${path}?status=graded,inProgress&sort=startedAt`, token);
    assert.deepEqual(idsOf(some), [ids[0], ids[2]]);
    const own = await list(`${path}?enrollmentId=${quiz.enrollmentId}`, token);
    assert.equal(own.items.length, 3);
    assert.deepEqual(
      idsOf(await list(`${path}?enrollmentId=${quiz.enrollmentId}`, people.otherStudent.token)),
      [],
    );
    for (const bad of ['status=done', 'sort=score', 'enrollmentId=x', 'userId=x', 'limit=0']) {
      assert.equal((await server.get(`${path}?${bad}`, token)).status, 400, bad);
    }
  });

  test('pages neither repeat nor skip, also where open ones have no time of submission', async () => {
    const { quiz, ids } = await severalAttempts();
    const { token } = people.instructor;
    for (const sort of ['-startedAt', 'startedAt', 'submittedAt', '-submittedAt']) {
      const path = `/quizzes/${quiz.quizId}/attempts?sort=${sort}&limit=1`;
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Body = await list(cursor === '' ? path : `${path}&cursor=${cursor}`, token);
        seen.push(...idsOf(page));
        cursor = page.nextCursor;
      }
      assert.deepEqual(seen.toSorted(), ids.toSorted(), sort);
    }
    const first = await list(`/quizzes/${quiz.quizId}/attempts?limit=1`, token);
    const other = `/courses/${quiz.courseId}/attempts?limit=1&cursor=${first.nextCursor}`;
    assert.equal((await server.get(other, token)).body.code, 'cursor_mismatch');
  });

  test('who left the course still lists their own', async () => {
    const quiz = await makeTakenQuiz(server, people);
    const attempt = await start(server, people.student, quiz.quizId);
    await server.delete(`/enrollments/${quiz.enrollmentId}`, people.student.token);
    for (const path of [`/quizzes/${quiz.quizId}/attempts`, `/courses/${quiz.courseId}/attempts`]) {
      assert.deepEqual(idsOf(await list(path, people.student.token)), [attempt.id]);
    }
  });

  test('a list of one takes as many statements as a list of many', async () => {
    const { quiz } = await severalAttempts();
    for (const path of [`/quizzes/${quiz.quizId}/attempts`, `/courses/${quiz.courseId}/attempts`]) {
      for (const limit of [1, 100]) {
        server.takeStatements();
        await list(`${path}?limit=${limit}`, people.instructor.token);
        assert.equal(server.takeStatements().length, 3, `${path} ${limit}`);
      }
    }
  });
});
