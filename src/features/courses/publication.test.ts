import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setLessonReady } from './commands/set-lesson-ready.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import {
  addQuizLesson,
  addSection,
  addTextLesson,
  addVideoLesson,
  makeCourse,
  makePublishedCourse,
  publish,
} from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('publication', () => {
  let server: TestServer;
  let people: People;
  let token: string;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
    token = people.instructor.token;
  });
  after(() => server.stop());

  const post = (courseId: string, as = token) =>
    server.post(`/courses/${courseId}/publication`, undefined, as);
  const codesOf = (answer: { body: { errors: { code: string }[] } }) =>
    answer.body.errors.map(({ code }) => code);
  const setReady = (lessonId: string, isReady: boolean) =>
    inTransaction(server.open.deps.db, (tx) =>
      setLessonReady(server.open.deps, tx, { lessonId, isReady, actorId: people.instructor.id }),
    );
  const factsOf = async (type: string, courseId: string) => {
    const rows = await server.open.deps.db
      .selectFrom('event')
      .select('data')
      .where('type', '=', type)
      .orderBy('sequence')
      .execute();
    return rows
      .map(({ data }) => data as { courseId: string; lessonId?: string; change?: string })
      .filter((data) => data.courseId === courseId);
  };

  test('a text that begins with an ideographic or unbreakable space is a text', async () => {
    const course = await makeCourse(server, people.instructor);
    const section = await addSection(server, people.instructor, course.id);
    for (const content of ['\u3000お茶は緑です。', '\u00a0Tea is green.']) {
      assert.equal((await addTextLesson(server, people.instructor, section.id, { content })).isReady, true);
    }
    const answer = await post(course.id);
    assert.equal(answer.status, 200, answer.text);
  });

  test('events name things as the database spells them, however an address did', async () => {
    const course = await makeCourse(server, people.instructor);
    const section = await addSection(server, people.instructor, course.id);
    const lesson = await addTextLesson(server, people.instructor, section.id, { content: '' });
    const changed = await server.patch(`/lessons/${lesson.id.toUpperCase()}`, { content: 'Now' }, token);
    assert.equal(changed.status, 200, changed.text);
    assert.equal((await post(course.id.toUpperCase())).status, 200);
    assert.deepEqual(await factsOf('lesson.changed', course.id), [
      { courseId: course.id, lessonId: lesson.id, change: 'ready' },
    ]);
    assert.deepEqual(await factsOf('course.published', course.id), [{ courseId: course.id }]);
  });

  test('all that is missing is said at once', async () => {
    const empty = await makeCourse(server, people.instructor, { description: ' \n' });
    const bare = await post(empty.id);
    assert.equal(bare.status, 409);
    assert.equal(bare.body.code, 'course_not_ready');
    assert.deepEqual(codesOf(bare), ['description_missing', 'lesson_missing']);

    const section = await addSection(server, people.instructor, empty.id);
    const text = await addTextLesson(server, people.instructor, section.id, {
      title: 'Empty',
      content: ' \n\t',
      isRequired: false,
    });
    const video = await addVideoLesson(server, people.instructor, section.id, {
      videoUrl: null,
      durationSeconds: null,
      isRequired: false,
    });
    const quiz = await addQuizLesson(server, people.instructor, section.id, { isRequired: false });
    const full = await post(empty.id);
    assert.deepEqual(codesOf(full), [
      'description_missing',
      'required_lesson_missing',
      'lesson_content_missing',
      'lesson_video_missing',
      'lesson_duration_missing',
      'lesson_quiz_missing',
    ]);
    const [, , ofText, ofVideo, , ofQuiz] = full.body.errors;
    assert.deepEqual(ofText.params, { lessonId: text.id, title: 'Empty', type: 'text' });
    assert.equal(ofVideo.params.lessonId, video.id);
    assert.equal(ofQuiz.params.lessonId, quiz.id);
    assert.equal((await server.get(`/courses/${empty.id}`, token)).body.status, 'draft');
  });

  test('it is for the staff who may edit; drafts are unknown to others', async () => {
    const { course } = await makePublishedCourse(server, people.instructor);
    assert.equal((await server.post(`/courses/${course.id}/publication`)).status, 401);
    assert.equal((await post(course.id, people.otherInstructor.token)).status, 403);
    assert.equal(
      (await server.delete(`/courses/${course.id}/publication`, people.student.token)).status,
      403,
    );
    const draft = await makeCourse(server, people.instructor);
    assert.equal((await post(draft.id, people.otherInstructor.token)).status, 404);
  });

  test('publishing again changes nothing and is told once', async () => {
    const { course } = await makePublishedCourse(server, people.instructor);
    assert.equal(course.status, 'published');
    server.clock.advance({ seconds: 1 });
    const again = await publish(server, people.instructor, course.id);
    assert.equal(again.publishedAt, course.publishedAt);
    assert.deepEqual(await factsOf('course.published', course.id), [{ courseId: course.id }]);
  });

  test('of two who publish at the same time, one is told', async () => {
    const draft = await makeCourse(server, people.instructor);
    const section = await addSection(server, people.instructor, draft.id);
    await addTextLesson(server, people.instructor, section.id);
    const answers = await Promise.all([post(draft.id), post(draft.id), post(draft.id)]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal((await factsOf('course.published', draft.id)).length, 1);
  });

  test('unpublished, it is a draft to strangers while the enrolled keep their access', async () => {
    const { course, lessons } = await makePublishedCourse(server, people.instructor);
    await server.post(`/courses/${course.id}/enrollments`, {}, people.student.token);
    assert.equal((await server.delete(`/courses/${course.id}/publication`, token)).status, 204);
    assert.equal((await server.delete(`/courses/${course.id}/publication`, token)).status, 204);
    assert.equal((await server.get(`/courses/${course.id}`)).status, 404);
    assert.equal((await server.get(`/courses/${course.id}`, people.otherStudent.token)).status, 404);
    assert.equal((await server.get(`/courses/${course.id}/outline`, people.student.token)).status, 200);
    assert.equal((await server.get(`/lessons/${lessons[0].id}`, people.student.token)).status, 200);
    assert.equal((await publish(server, people.instructor, course.id)).status, 'published');
  });

  test('a draft that fell behind is refused again after it was unpublished', async () => {
    const { course, lessons } = await makePublishedCourse(server, people.instructor, { texts: 1 });
    await server.delete(`/courses/${course.id}/publication`, token);
    assert.equal((await server.patch(`/lessons/${lessons[0].id}`, { content: '' }, token)).status, 200);
    assert.deepEqual(codesOf(await post(course.id)), ['lesson_content_missing']);
  });

  test('what is published cannot be emptied by any road', async () => {
    const { course, section, lessons } = await makePublishedCourse(server, people.instructor, {
      texts: 1,
      videos: 1,
    });
    const [text, video] = lessons;
    const roads: [
      string,
      () => Promise<{ status: number; body: { code: string; errors: { code: string }[] } }>,
      string,
    ][] = [
      [
        'description',
        () => server.patch(`/courses/${course.id}`, { description: ' ' }, token),
        'description_missing',
      ],
      [
        'description null',
        () => server.patch(`/courses/${course.id}`, { description: null }, token),
        'description_missing',
      ],
      ['text', () => server.patch(`/lessons/${text.id}`, { content: '\n' }, token), 'lesson_content_missing'],
      [
        'text null',
        () => server.patch(`/lessons/${text.id}`, { content: null }, token),
        'lesson_content_missing',
      ],
      [
        'address',
        () => server.patch(`/lessons/${video.id}`, { videoUrl: null }, token),
        'lesson_video_missing',
      ],
      [
        'duration',
        () => server.patch(`/lessons/${video.id}`, { durationSeconds: null }, token),
        'lesson_duration_missing',
      ],
    ];
    for (const [road, take, code] of roads) {
      const answer = await take();
      assert.equal(answer.status, 409, road);
      assert.equal(answer.body.code, 'course_not_ready');
      assert.deepEqual(codesOf(answer), [code], road);
    }
    assert.equal((await server.delete(`/lessons/${text.id}`, token)).status, 204, 'one is left');
    for (const answer of [
      await server.delete(`/lessons/${video.id}`, token),
      await server.patch(`/lessons/${video.id}`, { isRequired: false }, token),
    ]) {
      assert.equal(answer.status, 409);
      assert.deepEqual(codesOf(answer), ['required_lesson_missing']);
    }
    assert.equal((await server.delete(`/sections/${section.id}`, token)).body.code, 'section_not_empty');
    assert.equal((await server.get(`/courses/${course.id}`)).body.statistics.lessonCount, 1);
  });

  test('of two who delete the last two lessons at the same time, one is refused', async () => {
    const { lessons } = await makePublishedCourse(server, people.instructor, { texts: 2 });
    const answers = await Promise.all(lessons.map(({ id }) => server.delete(`/lessons/${id}`, token)));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 409]);
  });

  test('archiving is no road around it', async () => {
    const { course, lessons } = await makePublishedCourse(server, people.instructor, { texts: 1 });
    await server.delete(`/courses/${course.id}`, token);
    assert.equal((await server.delete(`/lessons/${lessons[0].id}`, token)).status, 409);
  });

  test('a quiz becomes ready, and of a published course stays so', async () => {
    const { course, section } = await makePublishedCourse(server, people.instructor);
    const quiz = await addQuizLesson(server, people.instructor, section.id);
    assert.equal(quiz.isReady, false);
    assert.equal((await server.get(`/lessons/${quiz.id}`, people.student.token)).status, 404);
    await setReady(quiz.id, true);
    await setReady(quiz.id, true);
    assert.equal((await server.get(`/lessons/${quiz.id}`, token)).body.isReady, true);
    await assert.rejects(setReady(quiz.id, false), { code: 'course_not_ready' });
    await server.delete(`/courses/${course.id}/publication`, token);
    await setReady(quiz.id, false);
    const told = (await factsOf('lesson.changed', course.id)).filter(({ lessonId }) => lessonId === quiz.id);
    assert.deepEqual(
      told.map(({ change }) => change),
      ['ready', 'unready'],
    );
    assert.deepEqual(codesOf(await post(course.id)), ['lesson_quiz_missing']);
  });

  test('every change of what learners have to do is told, and no other', async () => {
    const { course, section, lessons } = await makePublishedCourse(server, people.instructor, {
      texts: 2,
      videos: 1,
    });
    const [first, second, video] = lessons;
    const other = await addSection(server, people.instructor, course.id);
    const before = (await factsOf('lesson.changed', course.id)).length;
    assert.equal(before, 3, 'each was ready when it was made');
    const unready = await addTextLesson(server, people.instructor, section.id, { content: '' });
    await server.patch(
      `/lessons/${first.id}`,
      { title: 'Renamed', content: 'Longer', isPreview: true },
      token,
    );
    await server.patch(`/lessons/${unready.id}`, { isRequired: false }, token);
    await server.patch(`/lessons/${unready.id}`, { content: 'Now' }, token);
    await server.patch(`/lessons/${second.id}`, { isRequired: false }, token);
    await server.patch(
      `/lessons/${video.id}`,
      { completion: { rule: 'watched', watchedPercent: 50 } },
      token,
    );
    const order = [
      { id: other.id, lessonIds: [second.id] },
      { id: section.id, lessonIds: [video.id, first.id, unready.id] },
    ];
    assert.equal((await server.put(`/courses/${course.id}/outline`, { sections: order }, token)).status, 200);
    await server.delete(`/lessons/${second.id}`, token);
    const told = (await factsOf('lesson.changed', course.id)).slice(before);
    assert.deepEqual(
      told.map(({ lessonId, change }) => [lessonId, change]),
      [
        [unready.id, 'ready'],
        [second.id, 'requirement'],
        [video.id, 'requirement'],
        [second.id, 'moved'],
        [second.id, 'deleted'],
      ],
    );
    await server.runJobs();
  });
});
