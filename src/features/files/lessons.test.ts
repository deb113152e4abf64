import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Body } from '#test/client.ts';
import { addSection, addTextLesson, makeCourse, publish } from '#test/courses.ts';
import { here, uploadFile } from '#test/files.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('files of lessons', () => {
  let server: TestServer;
  let people: People;
  let course: Body;
  let lesson: Body;
  let file: Body;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
    const { instructor } = people;
    course = await makeCourse(server, instructor);
    const section = await addSection(server, instructor, course.id);
    const body = { title: 'The map', type: 'file', completion: { rule: 'confirmed' } };
    lesson = (await server.post(`/sections/${section.id}/lessons`, body, instructor.token)).body;
    file = await uploadFile(server, instructor, '%PDF-1.7 a map', 'map.pdf');
  });
  after(() => server.stop());

  const statusOf = async (path: string, token?: string) => (await server.get(path, token)).status;

  test('a lesson of type file is ready once it has its file, and keeps its course from publication before', async () => {
    const { instructor } = people;
    assert.equal(lesson.isReady, false);
    assert.deepEqual(lesson.completion, { rule: 'confirmed' });
    assert.equal(await statusOf(`/lessons/${lesson.id}/file`, instructor.token), 404);
    const refused = await server.post(`/courses/${course.id}/publication`, undefined, instructor.token);
    assert.equal(refused.status, 409);
    assert.ok(refused.body.errors.some(({ code }: Body) => code === 'lesson_file_missing'));
    const put = await server.put(`/lessons/${lesson.id}/file`, { fileId: file.id }, instructor.token);
    assert.equal(put.status, 200, put.text);
    assert.equal(put.body.id, file.id);
    assert.equal((await server.get(`/lessons/${lesson.id}`, instructor.token)).body.isReady, true);
    await publish(server, instructor, course.id);
  });

  test('whoever may read the lesson may read its file, at once and no longer than that', async () => {
    const { student, otherInstructor, instructor } = people;
    const paths = [`/files/${file.id}`, `/files/${file.id}/content`];
    for (const path of paths) assert.equal(await statusOf(path, student.token), 404);
    assert.equal(await statusOf(`/lessons/${lesson.id}/file`, student.token), 403);
    assert.equal(await statusOf(`/lessons/${lesson.id}/file`), 401);
    const enrollment = await server.post(`/courses/${course.id}/enrollments`, {}, student.token);
    for (const path of paths) assert.equal(await statusOf(path, student.token), 200);
    const { body } = await server.get(`/lessons/${lesson.id}/file`, student.token);
    assert.equal((await fetch(here(server, body.contentUrl))).status, 200);
    for (const path of paths) assert.equal(await statusOf(path, otherInstructor.token), 404);
    await server.delete(`/enrollments/${enrollment.body.id}`, student.token);
    for (const path of paths) assert.equal(await statusOf(path, student.token), 404);
    assert.equal((await fetch(here(server, body.contentUrl))).status, 404, 'the ticket asks anew');
    await server.patch(`/lessons/${lesson.id}`, { isPreview: true }, instructor.token);
    for (const path of paths) assert.equal(await statusOf(path), 200, 'a preview is for anyone');
    await server.patch(`/lessons/${lesson.id}`, { isPreview: false }, instructor.token);
  });

  test('its learner confirms it, and the course is complete', async () => {
    const { otherStudent } = people;
    const { body: enrollment } = await server.post(
      `/courses/${course.id}/enrollments`,
      {},
      otherStudent.token,
    );
    const progress = await server.get(`/enrollments/${enrollment.id}/progress`, otherStudent.token);
    assert.equal(progress.body.lessons[0].type, 'file');
    assert.equal(progress.body.lessons[0].missing[0].code, 'confirmation_missing');
    const path = `/enrollments/${enrollment.id}/lessons/${lesson.id}/completion`;
    const answer = await server.put(path, {}, otherStudent.token);
    assert.equal(answer.body.enrollmentStatus, 'completed', answer.text);
  });

  test('a file cannot be deleted while a lesson uses it, by either way of using it', async () => {
    const { instructor, otherStudent } = people;
    const refused = await server.delete(`/files/${file.id}`, instructor.token);
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'file_in_use');
    assert.equal(refused.body.errors[0].params.lessonId, lesson.id);
    assert.equal((await server.delete(`/files/${file.id}`, otherStudent.token)).status, 403);
    const extra = await uploadFile(server, instructor, 'extra', 'extra.txt');
    const path = `/lessons/${lesson.id}/attachments`;
    const { body: attachment } = await server.post(path, { fileId: extra.id }, instructor.token);
    assert.equal((await server.delete(`/files/${extra.id}`, instructor.token)).status, 409);
    assert.equal((await server.delete(`${path}/${attachment.id}`, instructor.token)).status, 204);
    assert.equal((await server.delete(`${path}/${attachment.id}`, instructor.token)).status, 404);
    assert.equal((await server.delete(`/files/${extra.id}`, instructor.token)).status, 204);
    assert.equal((await server.get(`/files/${extra.id}`, instructor.token)).status, 404);
  });

  test('attachments are listed and shown in their order; again changes nothing', async () => {
    const { instructor, otherStudent } = people;
    const path = `/lessons/${lesson.id}/attachments`;
    const names = ['b.txt', 'a.txt', 'c.txt'];
    const files = [];
    for (const name of names) files.push(await uploadFile(server, instructor, name, name));
    for (const { id } of files)
      assert.equal((await server.post(path, { fileId: id }, instructor.token)).status, 201);
    assert.equal((await server.post(path, { fileId: files[0].id }, instructor.token)).status, 200);
    const { body } = await server.get(path, otherStudent.token);
    assert.deepEqual(
      body.items.map(({ name }: Body) => name),
      names,
    );
    const shown = await server.get(`/lessons/${lesson.id}`, otherStudent.token);
    assert.deepEqual(shown.body.attachments, body.items);
    assert.equal(await (await fetch(here(server, body.items[1].contentUrl))).text(), 'a.txt');
    assert.equal(await statusOf(path, people.student.token), 403);
  });

  test('nobody puts others’ files into a lesson, and nobody but its editors puts any', async () => {
    const { instructor, otherInstructor, student } = people;
    const foreign = await uploadFile(server, otherInstructor, 'private', 'private.txt');
    for (const [method, path] of [
      ['PUT', `/lessons/${lesson.id}/file`],
      ['POST', `/lessons/${lesson.id}/attachments`],
    ] as const) {
      const send = (token: string, fileId: string) =>
        server.request(method, path, { token, body: { fileId } });
      assert.equal((await send(instructor.token, foreign.id)).status, 404);
      assert.equal((await send(instructor.token, lesson.id)).status, 404);
      assert.equal((await send(otherInstructor.token, foreign.id)).status, 403);
      assert.equal((await send(student.token, file.id)).status, 403);
    }
  });

  test('a lesson of another type has no file, but attachments', async () => {
    const { instructor } = people;
    const section = await addSection(server, instructor, course.id);
    const text = await addTextLesson(server, instructor, section.id);
    const put = await server.put(`/lessons/${text.id}/file`, { fileId: file.id }, instructor.token);
    assert.equal(put.status, 409);
    assert.equal(put.body.code, 'wrong_lesson_type');
    const attached = await server.post(
      `/lessons/${text.id}/attachments`,
      { fileId: file.id },
      instructor.token,
    );
    assert.equal(attached.status, 201);
    await server.delete(`/lessons/${text.id}`, instructor.token);
    const { body } = await server.delete(`/files/${file.id}`, instructor.token);
    assert.deepEqual(
      body.errors.map(({ params }: Body) => params.lessonId),
      [lesson.id],
      'a deleted lesson no longer counts',
    );
  });

  test('of deleting and attaching at once, one is refused: no lesson is left with a file that is gone', async () => {
    const { instructor } = people;
    const path = `/lessons/${lesson.id}/attachments`;
    for (let round = 0; round < 8; round += 1) {
      const { id } = await uploadFile(server, instructor, 'x', 'x.txt');
      const [deleted, attached] = await Promise.all([
        server.delete(`/files/${id}`, instructor.token),
        server.post(path, { fileId: id }, instructor.token),
      ]);
      assert.ok(
        (deleted.status === 204 && attached.status === 404) ||
          (deleted.status === 409 && attached.status === 201),
        `${deleted.status} ${attached.status}`,
      );
    }
  });
});
