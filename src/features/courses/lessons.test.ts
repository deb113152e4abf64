import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  addQuizLesson,
  addSection,
  addTextLesson,
  addVideoLesson,
  makeCourse,
  makePublishedCourse,
} from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('lessons', () => {
  let server: TestServer;
  let people: People;
  let token: string;
  let draftSection: { id: string };
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
    token = people.instructor.token;
    const draft = await makeCourse(server, people.instructor);
    draftSection = await addSection(server, people.instructor, draft.id);
  });
  after(() => server.stop());

  test('only those who may edit the course add lessons', async () => {
    const { section } = await makePublishedCourse(server, people.instructor);
    const body = { title: 'L', type: 'text' };
    const path = `/sections/${section.id}/lessons`;
    assert.equal((await server.post(path, body)).status, 401);
    assert.equal((await server.post(path, body, people.student.token)).status, 403);
    assert.equal((await server.post(path, body, people.otherInstructor.token)).status, 403);
    assert.equal(
      (await server.post(`/sections/${draftSection.id}/lessons`, body, people.student.token)).status,
      404,
    );
    assert.equal((await server.post(path, body, people.admin.token)).status, 201);
  });

  test('the type decides how a lesson is completed and when it is ready', async () => {
    const text = await addTextLesson(server, people.instructor, draftSection.id, { content: '*a*' });
    assert.deepEqual(text.completion, { rule: 'confirmed' });
    assert.equal(text.isReady, true);
    assert.equal(text.contentHtml, '<p dir="auto"><em>a</em></p>');
    const blank = await addTextLesson(server, people.instructor, draftSection.id, { content: '\n ' });
    assert.equal(blank.isReady, false);
    const video = await addVideoLesson(server, people.instructor, draftSection.id);
    assert.deepEqual(video.completion, { rule: 'watched', watchedPercent: 90 });
    assert.equal(video.isReady, true);
    const unknownLength = await addVideoLesson(server, people.instructor, draftSection.id, {
      durationSeconds: null,
    });
    assert.equal(unknownLength.isReady, false);
    const quiz = await addQuizLesson(server, people.instructor, draftSection.id, {
      content: 'Before you begin',
    });
    assert.deepEqual(quiz.completion, { rule: 'passed' });
    assert.equal(quiz.isReady, false);
    assert.deepEqual([quiz.isPreview, quiz.isRequired], [false, true]);
  });

  test('bad input names its fields', async () => {
    const text = { title: 'L', type: 'text' };
    const video = { title: 'L', type: 'video' };
    const bad: [Record<string, unknown>, string, string][] = [
      [{ title: 'L' }, '/type', 'required'],
      [{ title: 'L', type: 'scorm' }, '/type', 'enum'],
      [{ ...text, title: 'L\u202eL' }, '/title', 'control_characters'],
      [{ ...text, content: 'x'.repeat(200_001) }, '/content', 'max_length'],
      [{ ...text, videoUrl: 'https://example.com/a' }, '/videoUrl', 'field_of_another_type'],
      [{ ...video, videoUrl: 'http://example.com/a' }, '/videoUrl', 'pattern'],
      [{ ...video, videoUrl: 'javascript:alert(1)' }, '/videoUrl', 'pattern'],
      [{ ...video, videoUrl: `https://example.com/${'a'.repeat(2_000)}` }, '/videoUrl', 'max_length'],
      [{ ...video, videoUrl: 'https://exa mple.com' }, '/videoUrl', 'pattern'],
      [{ ...video, durationSeconds: 0 }, '/durationSeconds', 'minimum'],
      [{ ...video, durationSeconds: 2 ** 40 }, '/durationSeconds', 'maximum'],
      [{ ...video, durationSeconds: 1.5 }, '/durationSeconds', 'type'],
      [{ ...video, completion: { rule: 'confirmed' } }, '/completion/rule', 'rule_of_another_type'],
      [
        { ...video, completion: { rule: 'watched', watchedPercent: 101 } },
        '/completion/watchedPercent',
        'maximum',
      ],
      [
        { ...text, completion: { rule: 'confirmed', watchedPercent: 50 } },
        '/completion/watchedPercent',
        'field_of_another_type',
      ],
      [{ ...text, isReady: true }, '/isReady', 'unknown_field'],
      [{ ...text, position: 1 }, '/position', 'unknown_field'],
    ];
    for (const [body, path, code] of bad) {
      const answer = await server.post(`/sections/${draftSection.id}/lessons`, body, token);
      assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 100));
      assert.deepEqual([answer.body.errors[0].path, answer.body.errors[0].code], [path, code]);
    }
    const longest = { ...text, content: '茶'.repeat(200_000) };
    const answer = await server.post(`/sections/${draftSection.id}/lessons`, longest, token);
    assert.equal(answer.status, 201, 'the longest content fits into a body');
  });

  test('content is for the enrolled, the staff and, of a preview, anyone', async () => {
    const { course, lessons, section } = await makePublishedCourse(server, people.instructor);
    const [lesson] = lessons;
    const preview = await addTextLesson(server, people.instructor, section.id, { isPreview: true });
    const statusOf = async (id: string, as?: string) => (await server.get(`/lessons/${id}`, as)).status;
    assert.equal(await statusOf(lesson.id), 401);
    const refused = await server.get(`/lessons/${lesson.id}`, people.student.token);
    assert.equal(refused.status, 403);
    assert.equal(refused.body.code, 'not_enrolled');
    assert.equal(refused.body.errors[0].code, 'enrollment_required');
    assert.equal(await statusOf(lesson.id, people.otherInstructor.token), 403);
    assert.equal(await statusOf(preview.id), 200);
    for (const as of [token, people.admin.token]) assert.equal(await statusOf(lesson.id, as), 200);

    const { body: enrollment } = await server.post(
      `/courses/${course.id}/enrollments`,
      {},
      people.student.token,
    );
    assert.equal(await statusOf(lesson.id, people.student.token), 200);
    assert.equal(await statusOf(lesson.id, people.otherStudent.token), 403);
    await server.delete(`/enrollments/${enrollment.id}`, people.student.token);
    assert.equal(await statusOf(lesson.id, people.student.token), 403, 'withdrawn');
  });

  test('lessons of a draft, unready and deleted ones are not there for those who may not edit', async () => {
    const draft = await addTextLesson(server, people.instructor, draftSection.id, { isPreview: true });
    const { course, section } = await makePublishedCourse(server, people.instructor);
    await server.post(`/courses/${course.id}/enrollments`, {}, people.student.token);
    const unready = await addTextLesson(server, people.instructor, section.id, {
      content: '',
      isPreview: true,
    });
    const deleted = await addTextLesson(server, people.instructor, section.id);
    await server.delete(`/lessons/${deleted.id}`, token);
    for (const id of [draft.id, unready.id, deleted.id, course.id]) {
      for (const as of [undefined, people.student.token])
        assert.equal((await server.get(`/lessons/${id}`, as)).status, 404);
    }
    assert.equal((await server.get(`/lessons/${unready.id}`, token)).status, 200);
    assert.equal((await server.get(`/lessons/${deleted.id}`, token)).status, 404);
    assert.equal((await server.get('/lessons/not-an-id', token)).status, 404);
    assert.equal((await server.get(`/lessons/urn:uuid:${draft.id}`, token)).status, 404);
  });

  test('PATCH changes what it names; the type never; a stale version is refused', async () => {
    const video = await addVideoLesson(server, people.instructor, draftSection.id, {
      completion: { rule: 'watched', watchedPercent: 60 },
    });
    const patch = (body: object, headers = {}) => server.patch(`/lessons/${video.id}`, body, token, headers);
    const first = await server.get(`/lessons/${video.id}`, token);
    const match = { 'if-match': first.headers.get('etag') ?? '' };
    const changed = await patch({ title: 'Renamed', durationSeconds: null }, match);
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual(
      [
        changed.body.title,
        changed.body.durationSeconds,
        changed.body.isReady,
        changed.body.completion.watchedPercent,
      ],
      ['Renamed', null, false, 60],
    );
    assert.equal((await patch({ title: 'Lost' }, match)).status, 412);
    assert.equal((await patch({ durationSeconds: 10 })).body.isReady, true);
    assert.equal((await patch({ type: 'text' })).body.code, 'unknown_field');
    assert.equal((await patch({ sectionId: draftSection.id })).body.code, 'unknown_field');
    assert.equal((await patch({ completion: { rule: 'passed' } })).status, 400);
    const percentAfter = async (completion: object) =>
      (await patch({ completion })).body.completion.watchedPercent;
    assert.equal(await percentAfter({ rule: 'watched' }), 60, 'what a merge patch leaves out stays');
    assert.equal(await percentAfter({ watchedPercent: 70 }), 70);
    assert.equal(await percentAfter({ watchedPercent: null }), 90);
    assert.equal((await server.patch(`/lessons/${video.id}`, {}, people.student.token)).status, 404);
    assert.equal((await server.patch(`/lessons/${video.id}`, {})).status, 401);
  });

  test('new content is shown as new HTML', async () => {
    const lesson = await addTextLesson(server, people.instructor, draftSection.id, { content: 'one' });
    await server.get(`/lessons/${lesson.id}`, token);
    const changed = await server.patch(
      `/lessons/${lesson.id}`,
      { content: '<script>alert(1)</script>\n\n**two**' },
      token,
    );
    assert.equal(changed.body.contentHtml, '<p dir="auto"><strong>two</strong></p>');
    assert.equal(
      (await server.get(`/lessons/${lesson.id}`, token)).body.contentHtml,
      changed.body.contentHtml,
    );
  });

  test('a deleted lesson keeps its records', async () => {
    const { course, lessons } = await makePublishedCourse(server, people.instructor, { texts: 3 });
    const { body: enrollment } = await server.post(
      `/courses/${course.id}/enrollments`,
      {},
      people.student.token,
    );
    const path = `/enrollments/${enrollment.id}/lessons/${lessons[0].id}/completion`;
    assert.equal((await server.put(path, {}, people.student.token)).status, 200);
    assert.equal((await server.delete(`/lessons/${lessons[0].id}`, token)).status, 204);
    assert.equal((await server.delete(`/lessons/${lessons[0].id}`, token)).status, 404);
    const rows = await server.open.deps.db
      .selectFrom('lesson_progress')
      .select('completed_at')
      .where('lesson_id', '=', lessons[0].id)
      .execute();
    assert.equal(rows.length, 1);
    assert.notEqual(rows[0]?.completed_at, null);
    await server.runJobs();
  });

  test('reading a lesson takes at most three statements', async () => {
    const { lessons } = await makePublishedCourse(server, people.instructor);
    server.takeStatements();
    await server.get(`/lessons/${lessons[0].id}`, token);
    assert.ok(server.takeStatements().length <= 3);
  });
});
