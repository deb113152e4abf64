import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { addQuizLesson, addSection, addTextLesson, makeCourse } from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { enroll, makeQuiz, makeTakenQuiz, start, submit } from './quiz-testing.ts';

const settings = { passingPercent: 70, showResults: 'score' };

suite('quizzes', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    // The clock moves further than a session's first token lasts.
    server = await startTestServer({ config: { accessTokenExpireMinutes: 600 } });
    people = await makePeople(server);
  });
  after(() => server?.stop());

  async function draftLesson(): Promise<{ sectionId: string; lessonId: string }> {
    const course = await makeCourse(server, people.instructor);
    const section = await addSection(server, people.instructor, course.id);
    const lesson = await addQuizLesson(server, people.instructor, section.id);
    return { sectionId: section.id, lessonId: lesson.id };
  }

  test('only those who edit the course write settings, and strangers learn nothing of a draft', async () => {
    const { lessonId } = await draftLesson();
    const path = `/lessons/${lessonId}/quiz`;
    assert.equal((await server.put(path, settings)).status, 401);
    assert.equal((await server.get(path)).status, 401);
    for (const stranger of [people.student, people.otherInstructor]) {
      assert.equal((await server.put(path, settings, stranger.token)).status, 404);
      assert.equal((await server.get(path, stranger.token)).status, 404);
    }
    assert.equal((await server.put(path, settings, people.admin.token)).status, 200);
  });

  test('the enrolled and strangers of a published course may not write settings', async () => {
    const quiz = await makeTakenQuiz(server, people);
    for (const person of [people.student, people.otherStudent, people.otherInstructor]) {
      const answer = await server.put(`/lessons/${quiz.lessonId}/quiz`, settings, person.token);
      assert.equal(answer.status, 403);
    }
    const read = await server.get(`/lessons/${quiz.lessonId}/quiz`, people.otherStudent.token);
    assert.equal(read.status, 403);
  });

  test('settings out of bounds are refused by their path', async () => {
    const { lessonId } = await draftLesson();
    const wrong: [object, string, string][] = [
      [{ showResults: 'never' }, '/passingPercent', 'required'],
      [{ passingPercent: 50 }, '/showResults', 'required'],
      [{ ...settings, showResults: 'always' }, '/showResults', 'enum'],
      [{ ...settings, passingPercent: 100.5 }, '/passingPercent', 'maximum'],
      [{ ...settings, passingPercent: -1 }, '/passingPercent', 'minimum'],
      [{ ...settings, passingPercent: 66.667 }, '/passingPercent', 'too_many_decimals'],
      [{ ...settings, passingPercent: '50' }, '/passingPercent', 'type'],
      [{ ...settings, maxAttempts: 0 }, '/maxAttempts', 'minimum'],
      [{ ...settings, maxAttempts: 1.5 }, '/maxAttempts', 'type'],
      [{ ...settings, timeLimitSeconds: 1e12 }, '/timeLimitSeconds', 'maximum'],
      [{ ...settings, questionCount: 3 }, '/questionCount', 'unknown_field'],
    ];
    for (const [body, path, code] of wrong) {
      const answer = await server.put(`/lessons/${lessonId}/quiz`, body, people.instructor.token);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.deepEqual([answer.body.errors[0].path, answer.body.errors[0].code], [path, code]);
    }
  });

  test('PUT makes the quiz, and later replaces: what is left out takes its default', async () => {
    const { lessonId } = await draftLesson();
    const path = `/lessons/${lessonId}/quiz`;
    assert.equal((await server.get(path, people.instructor.token)).status, 404);
    const full = { ...settings, maxAttempts: 3, timeLimitSeconds: 600, shuffleQuestions: true };
    const made = await server.put(path, full, people.instructor.token);
    assert.equal(made.status, 200, made.text);
    const { id, createdAt, updatedAt, lessonId: of, courseId, ...rest } = made.body;
    assert.deepEqual(rest, { ...full, questionCount: 0, maxScore: 0, viewer: null });
    assert.ok(id && createdAt && updatedAt && courseId && of === lessonId);
    const replaced = await server.put(path, { ...settings, passingPercent: 66.67 }, people.instructor.token);
    assert.equal(replaced.body.id, id);
    assert.deepEqual(
      [replaced.body.maxAttempts, replaced.body.timeLimitSeconds, replaced.body.shuffleQuestions],
      [null, null, false],
    );
    assert.equal(replaced.body.passingPercent, 66.67);
    assert.deepEqual((await server.get(path, people.instructor.token)).body, replaced.body);
  });

  test('a lesson of another type has no quiz', async () => {
    const { sectionId } = await draftLesson();
    const text = await addTextLesson(server, people.instructor, sectionId);
    for (const answer of [
      await server.put(`/lessons/${text.id}/quiz`, settings, people.instructor.token),
      await server.get(`/lessons/${text.id}/quiz`, people.instructor.token),
    ]) {
      assert.equal(answer.status, 409);
      assert.equal(answer.body.code, 'wrong_lesson_type');
    }
  });

  test('a writer who read another version is refused', async () => {
    const { lessonId } = await draftLesson();
    const path = `/lessons/${lessonId}/quiz`;
    const early = await server.put(path, settings, people.instructor.token, { 'if-match': '"1-abc"' });
    assert.equal(early.status, 412, 'there is no version yet');
    const made = await server.put(path, settings, people.instructor.token);
    const etag = made.headers.get('etag') ?? '';
    assert.match(etag, /^"1-/);
    const first = await server.put(path, settings, people.instructor.token, { 'if-match': etag });
    assert.equal(first.status, 200);
    const second = await server.put(path, settings, people.instructor.token, { 'if-match': etag });
    assert.equal(second.status, 412);
    const same = { 'if-none-match': first.headers.get('etag') ?? '' };
    assert.equal((await server.get(path, people.instructor.token, same)).status, 304);
  });

  test('of two who make it at once, both find one quiz', async () => {
    const { lessonId } = await draftLesson();
    const put = () => server.put(`/lessons/${lessonId}/quiz`, settings, people.instructor.token);
    const [one, other] = await Promise.all([put(), put()]);
    assert.deepEqual([one.status, other.status], [200, 200]);
    assert.equal(one.body.id, other.body.id);
  });

  test('the enrolled read what a player needs before an attempt, and no question', async () => {
    const quiz = await makeTakenQuiz(server, people, { settings: { maxAttempts: 3, timeLimitSeconds: 60 } });
    const read = async () => {
      const answer = await server.get(`/lessons/${quiz.lessonId}/quiz`, people.student.token);
      assert.equal(answer.status, 200, answer.text);
      return answer.body;
    };
    const before = await read();
    assert.equal(before.timeLimitSeconds, 60);
    assert.deepEqual([before.questionCount, before.maxScore], [1, 1]);
    const { enrollmentId } = quiz;
    const none = {
      enrollmentId,
      attemptsUsed: 0,
      attemptsLeft: 3,
      openAttemptId: null,
      bestPercent: null,
      passed: null,
    };
    assert.deepEqual(before.viewer, none);
    const attempt = await start(server, people.student, quiz.quizId);
    const open = { ...none, attemptsUsed: 1, attemptsLeft: 2, openAttemptId: attempt.id };
    assert.deepEqual((await read()).viewer, open);
    await submit(server, people.student, attempt, true);
    await submit(server, people.student, await start(server, people.student, quiz.quizId), false);
    const best = { ...none, attemptsUsed: 2, attemptsLeft: 1, bestPercent: 100, passed: true };
    assert.deepEqual((await read()).viewer, best);
    const last = await start(server, people.student, quiz.quizId);
    server.clock.advance({ seconds: 60 + 15 });
    assert.equal((await read()).viewer.openAttemptId, null, `${last.id} is over`);
    const body = { passingPercent: 60, showResults: 'never', maxAttempts: 3 };
    await server.put(`/lessons/${quiz.lessonId}/quiz`, body, people.instructor.token);
    assert.deepEqual([(await read()).viewer.bestPercent, (await read()).viewer.passed], [null, null]);
  });

  test('a quiz that is not ready is there for staff and for no learner', async () => {
    const quiz = await makeTakenQuiz(server, people);
    const lesson = await addQuizLesson(server, people.instructor, quiz.sectionId);
    await server.put(`/lessons/${lesson.id}/quiz`, settings, people.instructor.token);
    assert.equal((await server.get(`/lessons/${lesson.id}/quiz`, people.student.token)).status, 404);
    assert.equal((await server.get(`/lessons/${lesson.id}/quiz`, people.instructor.token)).status, 200);
  });

  test('the quiz of a deleted lesson is gone', async () => {
    const quiz = await makeQuiz(server, people.instructor, { isPublished: false });
    assert.equal((await server.delete(`/lessons/${quiz.lessonId}`, people.instructor.token)).status, 204);
    const { token } = people.instructor;
    assert.equal((await server.get(`/lessons/${quiz.lessonId}/quiz`, token)).status, 404);
    assert.equal((await server.get(`/quizzes/${quiz.quizId}/questions`, token)).status, 404);
    assert.equal((await server.delete(`/questions/${quiz.questions[0].id}`, token)).status, 404);
  });

  test('a withdrawn learner reads it no more', async () => {
    const quiz = await makeQuiz(server, people.instructor);
    const enrollment = await enroll(server, people.student, quiz.courseId);
    await server.delete(`/enrollments/${enrollment.id}`, people.student.token);
    assert.equal((await server.get(`/lessons/${quiz.lessonId}/quiz`, people.student.token)).status, 403);
  });

  test('reading takes two statements, the sign-in check included', async () => {
    const quiz = await makeTakenQuiz(server, people);
    server.takeStatements();
    await server.get(`/lessons/${quiz.lessonId}/quiz`, people.student.token);
    assert.equal(server.takeStatements().length, 2);
  });
});
