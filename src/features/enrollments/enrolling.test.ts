import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makePeople, makePerson, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { eventsOf, makeCourse, statisticsOf } from './course-testing.ts';

suite('enrolling', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const enroll = (courseId: string, token?: string, body?: unknown) =>
    server.post(`/courses/${courseId}/enrollments`, body, token);
  const someone = () => makePerson(server, 'student');

  test('the anonymous, an unknown field and two people at once are refused', async () => {
    const course = await makeCourse(server);
    assert.equal((await enroll(course.id)).status, 401);
    assert.equal(
      (await enroll(course.id, people.student.token, { role: 'owner' })).body.code,
      'unknown_field',
    );
    const both = { userId: people.student.id, email: people.student.email };
    assert.equal((await enroll(course.id, people.admin.token, both)).status, 400);
    assert.equal((await enroll('no-id', people.student.token)).status, 404);
  });

  test('a draft is not there, an archived one is a conflict, a closed one is forbidden', async () => {
    const { token } = people.student;
    assert.equal((await enroll((await makeCourse(server, { status: 'draft' })).id, token)).status, 404);
    assert.equal(
      (await enroll((await makeCourse(server, { status: 'archived' })).id, token)).body.code,
      'course_archived',
    );
    const closed = await enroll((await makeCourse(server, { selfEnrollment: 'closed' })).id, token);
    assert.deepEqual([closed.status, closed.body.code], [403, 'enrollment_closed']);
  });

  test('enrolling answers 201 with the enrollment, and again 200 with the same', async () => {
    const { token, id } = await someone();
    const course = await makeCourse(server, { sections: [[{ isReady: false }, {}]] });
    const first = await enroll(course.id, token);
    assert.equal(first.status, 201, first.text);
    assert.equal(first.headers.get('location'), `/api/v1/enrollments/${first.body.id}`);
    const { course: summary, ...enrollment } = first.body;
    assert.deepEqual(enrollment, {
      id: first.body.id,
      courseId: course.id,
      userId: id,
      status: 'active',
      hasAccess: true,
      completedAt: null,
      withdrawnAt: null,
      withdrawnBy: null,
      progressPercent: 0,
      nextLessonId: course.lessonIds[1],
      lastActivityAt: null,
      createdAt: server.clock.now().toISOString(),
      review: null,
    });
    assert.equal(summary.id, course.id);
    assert.equal(summary.slug, `course-${course.id}`);
    const again = await enroll(course.id, token, {});
    assert.equal(again.status, 200);
    assert.deepEqual(again.body, first.body);
    assert.deepEqual((await server.get(`/enrollments/${first.body.id}`, token)).body, first.body);
    assert.equal((await statisticsOf(server, course.id)).enrollment_count, 1);
    assert.equal((await eventsOf(server, 'enrollment.created', course.id)).length, 1);
  });

  test('events name the learner and the course as the database spells them, however the request did', async () => {
    const { token, id } = await someone();
    const course = await makeCourse(server);
    const { status, body } = await enroll(course.id.toUpperCase(), token, { userId: id.toUpperCase() });
    assert.equal(status, 201);
    await server.delete(`/enrollments/${body.id.toUpperCase()}`, token);
    await enroll(course.id.toUpperCase(), token);
    for (const type of ['enrollment.created', 'enrollment.withdrawn', 'enrollment.resumed']) {
      const [told] = await eventsOf(server, type, course.id);
      assert.deepEqual(told?.data, { enrollmentId: body.id, courseId: course.id, userId: id }, type);
    }
  });

  test('of two that enroll at once one is new, and both name the same enrollment', async () => {
    for (let round = 0; round < 5; round++) {
      const { token } = await someone();
      const course = await makeCourse(server);
      const answers = await Promise.all([
        enroll(course.id, token),
        enroll(course.id, token),
        enroll(course.id, token),
      ]);
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 200, 201]);
      assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
      assert.equal((await statisticsOf(server, course.id)).enrollment_count, 1);
      assert.equal((await eventsOf(server, 'enrollment.created', course.id)).length, 1);
    }
  });

  test('staff who manage learners enroll by id or address, also where it is closed', async () => {
    const course = await makeCourse(server, {
      selfEnrollment: 'closed',
      staff: { [people.instructor.id]: 'owner', [people.otherInstructor.id]: 'assistant' },
    });
    const [one, two] = [await someone(), await someone()];
    const byId = await enroll(course.id, people.instructor.token, { userId: one.id });
    assert.equal(byId.status, 201, byId.text);
    assert.deepEqual(byId.body.user, { id: one.id, name: one.name, email: one.email, emailVerified: true });
    const byEmail = await enroll(course.id, people.instructor.token, { email: two.email.toUpperCase() });
    assert.equal(byEmail.status, 201, byEmail.text);
    assert.equal(byEmail.body.userId, two.id);
    assert.equal((await enroll(course.id, people.admin.token, { userId: two.id })).status, 200);
    assert.equal((await enroll(course.id, people.otherInstructor.token, { userId: two.id })).status, 403);
    assert.equal((await enroll(course.id, people.student.token, { userId: two.id })).status, 403);
    assert.equal(
      (await enroll(course.id, people.student.token, { email: 'nobody@example.com' })).status,
      403,
    );
    assert.equal(
      (await enroll(course.id, people.instructor.token, { email: 'nobody@example.com' })).status,
      404,
    );
    assert.equal((await enroll(course.id, people.instructor.token, { userId: course.id })).status, 404);
    const [created] = await eventsOf(server, 'enrollment.created', course.id);
    assert.equal(created?.actor_id, people.instructor.id);
  });

  test('an address that was never confirmed enrolls nobody, who may have registered with another’s', async () => {
    const course = await makeCourse(server, {
      selfEnrollment: 'closed',
      staff: { [people.instructor.id]: 'owner' },
    });
    const claimed = await server.registerStudent();
    const refused = await enroll(course.id, people.instructor.token, { email: claimed.email });
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'email_not_verified');
    assert.equal((await enroll(course.id, people.student.token, { email: claimed.email })).status, 403);
    const byId = await enroll(course.id, people.instructor.token, { userId: claimed.id });
    assert.equal(byId.body.user.emailVerified, false, 'and staff see it of whom they know by id');
    const open = await makeCourse(server, {});
    assert.equal((await enroll(open.id, claimed.token, { email: claimed.email })).status, 201, 'oneself');
  });

  test('staff cannot enroll into a draft, nor themselves, nor the deactivated', async () => {
    const owned = { staff: { [people.instructor.id]: 'owner' } } as const;
    const { token } = people.instructor;
    const person = await someone();
    const draft = await makeCourse(server, { ...owned, status: 'draft' });
    assert.equal((await enroll(draft.id, token, { userId: person.id })).body.code, 'course_not_published');
    const course = await makeCourse(server, owned);
    assert.equal((await enroll(course.id, token)).body.code, 'already_staff');
    await server.delete(`/users/${person.id}`, people.admin.token);
    assert.equal((await enroll(course.id, token, { userId: person.id })).body.code, 'account_deactivated');
  });

  test('who withdrew comes back with the same enrollment and its progress', async () => {
    const { token } = await someone();
    const course = await makeCourse(server, { sections: [[{}, {}]] });
    const { body } = await enroll(course.id, token);
    await server.put(`/enrollments/${body.id}/lessons/${course.lessonIds[0]}/completion`, {}, token);
    assert.equal((await server.delete(`/enrollments/${body.id}`, token)).status, 204);
    const gone = (await server.get(`/enrollments/${body.id}`, token)).body;
    assert.deepEqual([gone.status, gone.hasAccess, gone.withdrawnBy], ['withdrawn', false, 'learner']);
    assert.equal((await statisticsOf(server, course.id)).enrollment_count, 0);
    assert.equal((await server.delete(`/enrollments/${body.id}`, token)).status, 204);
    assert.equal((await statisticsOf(server, course.id)).enrollment_count, 0);
    const back = await Promise.all([enroll(course.id, token), enroll(course.id, token)]);
    for (const { status, body: now } of back) {
      assert.equal(status, 200);
      assert.deepEqual(
        [now.id, now.status, now.hasAccess, now.progressPercent],
        [body.id, 'active', true, 50],
      );
    }
    assert.equal((await statisticsOf(server, course.id)).enrollment_count, 1);
    assert.equal((await eventsOf(server, 'enrollment.withdrawn', course.id)).length, 1);
    assert.equal((await eventsOf(server, 'enrollment.resumed', course.id)).length, 1);
    await server.runJobs();
  });

  test('whom staff withdrew cannot come back without them', async () => {
    const { token, id } = await someone();
    const course = await makeCourse(server, {
      staff: { [people.instructor.id]: 'owner', [people.otherInstructor.id]: 'observer' },
    });
    const { body } = await enroll(course.id, token);
    assert.equal((await server.delete(`/enrollments/${body.id}`, people.otherInstructor.token)).status, 403);
    assert.equal((await server.delete(`/enrollments/${body.id}`, people.instructor.token)).status, 204);
    const refused = await enroll(course.id, token);
    assert.deepEqual([refused.status, refused.body.code], [409, 'withdrawn_by_staff']);
    const resumed = await enroll(course.id, people.instructor.token, { userId: id });
    assert.deepEqual([resumed.status, resumed.body.status, resumed.body.id], [200, 'active', body.id]);
    await server.delete(`/enrollments/${body.id}`, token);
    assert.equal((await server.delete(`/enrollments/${body.id}`, people.admin.token)).status, 204);
    assert.equal((await enroll(course.id, token)).body.code, 'withdrawn_by_staff');
    assert.equal((await statisticsOf(server, course.id)).enrollment_count, 0);
  });

  test('a current enrollment stays current when the course is archived or unpublished', async () => {
    const { token } = await someone();
    const course = await makeCourse(server);
    const { body } = await enroll(course.id, token);
    const { db } = server.open.deps;
    await db.updateTable('course').set({ published_at: null }).where('id', '=', course.id).execute();
    assert.equal((await enroll(course.id, token)).status, 200);
    await db
      .updateTable('course')
      .set({ archived_at: server.clock.now() })
      .where('id', '=', course.id)
      .execute();
    const again = await enroll(course.id, token);
    assert.deepEqual([again.status, again.body.id, again.body.hasAccess], [200, body.id, true]);
  });

  test('enrolling, reading and withdrawing keep to their numbers of statements', async (t) => {
    // A server of its own, on which no job runs.
    const quiet = await startTestServer({ databaseUrl: server.open.deps.config.databaseUrl ?? '' });
    t.after(() => quiet.stop());
    const { token } = await someone();
    const course = await makeCourse(server);
    const { body } = await enroll(course.id, token);
    const counted: Record<string, number> = {};
    const count = async (name: string, run: () => Promise<unknown>) => {
      quiet.takeStatements();
      await run();
      counted[name] = quiet.takeStatements().length;
    };
    await count('again', () => quiet.post(`/courses/${course.id}/enrollments`, undefined, token));
    await count('read', () => quiet.get(`/enrollments/${body.id}`, token));
    await count('withdraw', () => quiet.delete(`/enrollments/${body.id}`, token));
    const other = await makeCourse(server);
    await count('new', () => quiet.post(`/courses/${other.id}/enrollments`, undefined, token));
    assert.deepEqual(counted, { again: 3, read: 2, withdraw: 4, new: 6 });
  });
});
