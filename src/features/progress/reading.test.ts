import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { eventsOf, makeCourse } from '#features/enrollments/course-testing.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('what is told of progress', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  const learn = async () => {
    const owner = await makePerson(server, 'instructor');
    const course = await makeCourse(server, { sections: [[{}], [{}]], staff: { [owner.id]: 'owner' } });
    const learner = await makePerson(server, 'student');
    const { body } = await server.post(`/courses/${course.id}/enrollments`, {}, learner.token);
    const path = `/enrollments/${body.id}`;
    const confirm = (lessonPath = `${path}/lessons/${course.lessonIds[0]}/completion`) =>
      server.put(lessonPath, {}, learner.token);
    return { owner, course, learner, enrollmentId: body.id, path, confirm };
  };

  test('events name a lesson as the database spells it, however an address did', async () => {
    const { course, learner, enrollmentId, confirm } = await learn();
    const [lessonId = ''] = course.lessonIds;
    const path = `/enrollments/${enrollmentId.toUpperCase()}/lessons/${lessonId.toUpperCase()}/completion`;
    assert.equal((await confirm(path)).status, 200);
    const [told] = await eventsOf(server, 'lesson.completed', course.id);
    assert.deepEqual(told?.data, { userId: learner.id, courseId: course.id, enrollmentId, lessonId });
  });

  test('who left a course that was hidden since reads of what they had met, and no titles of what came later', async () => {
    const { owner, course, learner, path, confirm } = await learn();
    await confirm();
    await server.delete(path, owner.token);
    const read = async (token: string) => (await server.get(`${path}/progress`, token)).body;
    assert.equal((await read(learner.token)).lessons.length, 2, 'anybody sees a published outline');
    await server.open.deps.db
      .updateTable('course')
      .set({ published_at: null })
      .where('id', '=', course.id)
      .execute();
    const { lessons, sections } = await read(learner.token);
    assert.deepEqual(
      lessons.map(({ lessonId }: { lessonId: string }) => lessonId),
      [course.lessonIds[0]],
    );
    assert.deepEqual(
      sections.map(({ id }: { id: string }) => id),
      [course.sectionIds[0]],
    );
    assert.equal((await read(owner.token)).lessons.length, 2);
  });
});
