import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Body, Person } from '#test/client.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { follow } from '#test/event-stream.ts';
import { makePerson, signIn } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('streams of events', () => {
  let server: TestServer;
  let course: PublishedCourse;
  before(async () => {
    server = await startTestServer({ config: { corsOrigins: ['https://app.example.org'] } });
    const teacher = await makePerson(server, 'instructor');
    course = await makePublishedCourse(server, teacher, { texts: 3, videos: 1 });
  });
  after(() => server.stop());

  async function learner(): Promise<{ person: Person; otherToken: string; enrollment: Body }> {
    const person = await server.registerStudent();
    const enrollment = (await server.post(`/courses/${course.course.id}/enrollments`, {}, person.token)).body;
    const { token: otherToken } = await signIn(server, person.email, person.password);
    return { person, otherToken, enrollment };
  }

  const complete = (enrollmentId: string, lesson: number, token: string) =>
    server.put(`/enrollments/${enrollmentId}/lessons/${course.lessons[lesson].id}/completion`, {}, token);
  const heartbeat = (enrollmentId: string, body: object, token: string) =>
    server.put(`/enrollments/${enrollmentId}/lessons/${course.lessons[3].id}/progress`, body, token);

  test('progress made on another device arrives within a second, one’s own does not', async () => {
    const { person, otherToken, enrollment } = await learner();
    const stream = await follow(server.baseUrl, { token: person.token });
    assert.equal(stream.status, 200);
    await stream.take('ready');
    await complete(enrollment.id, 0, person.token);
    const startedAt = performance.now();
    await complete(enrollment.id, 1, otherToken);
    const [event] = await stream.take('progress');
    assert.ok(event!.receivedAt - startedAt < 1_000);
    assert.deepEqual(event!.data, {
      enrollmentId: enrollment.id,
      courseId: course.course.id,
      lessonId: course.lessons[1].id,
      status: 'completed',
      positionSeconds: null,
      progressPercent: 50,
      enrollmentStatus: 'active',
    });
    await heartbeat(enrollment.id, { positionSeconds: 12.5 }, otherToken);
    const progress = await stream.take('progress', 2);
    assert.deepEqual([progress[1]!.data.status, progress[1]!.data.positionSeconds], ['inProgress', 12.5]);
    assert.equal(progress.length, 2);
    stream.close();
  });
});
