import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makeCourse, makePublishedCourse } from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('course staff', () => {
  let server: TestServer;
  let people: People;
  let token: string;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
    token = people.instructor.token;
  });
  after(() => server.stop());

  const put = (courseId: string, userId: string, role: string, as: string | undefined = token) =>
    server.put(`/courses/${courseId}/staff/${userId}`, { role }, as);
  const remove = (courseId: string, userId: string, as: string | undefined = token) =>
    server.delete(`/courses/${courseId}/staff/${userId}`, as);

  test('an owner learns no address by making somebody staff; who manages people, and the person, see it', async () => {
    const { admin, otherInstructor } = people;
    const course = await makeCourse(server, people.instructor);
    const made = await put(course.id, otherInstructor.id, 'coInstructor');
    assert.equal(made.status, 200, made.text);
    assert.deepEqual(made.body.user, { id: otherInstructor.id, name: otherInstructor.name, email: null });
    const seenBy = async (as: string) => {
      const { items } = (await server.get(`/courses/${course.id}/staff`, as)).body;
      const emails = new Map(
        items.map(({ user }: { user: { id: string; email: string | null } }) => [user.id, user.email]),
      );
      return [people.instructor.id, otherInstructor.id].map((id) => emails.get(id));
    };
    assert.deepEqual(await seenBy(token), [people.instructor.email, null]);
    assert.deepEqual(await seenBy(admin.token), [people.instructor.email, otherInstructor.email]);
  });

  test('who is learning in the course is not made staff, who would read the right answers', async () => {
    const { course } = await makePublishedCourse(server, people.instructor);
    const learner = await server.registerStudent();
    const enrollment = await server.post(`/courses/${course.id}/enrollments`, {}, learner.token);
    const refused = await put(course.id, learner.id, 'assistant');
    assert.equal(refused.status, 409, refused.text);
    assert.equal(refused.body.code, 'still_learning');
    await server.delete(`/enrollments/${enrollment.body.id}`, learner.token);
    assert.equal((await put(course.id, learner.id, 'assistant')).status, 200);
  });

  test('an owner who is no instructor any more has nothing of it, lists included, until they are one again', async () => {
    const { admin, otherInstructor } = people;
    const { course, lessons } = await makePublishedCourse(server, people.instructor);
    const draft = await makeCourse(server, people.instructor);
    for (const { id } of [course, draft]) await put(id, otherInstructor.id, 'owner');
    const { token: former } = otherInstructor;
    const setRole = async (role: string) =>
      assert.equal((await server.patch(`/users/${otherInstructor.id}`, { role }, admin.token)).status, 200);
    const statuses = async () => [
      (await server.patch(`/courses/${draft.id}`, { title: 'Mine' }, former)).status,
      (await server.get(`/courses/${draft.id}`, former)).status,
      (await server.get(`/courses/${course.id}/staff`, former)).status,
      (await server.get(`/courses/${course.id}/enrollments`, former)).status,
      (await server.get(`/lessons/${lessons[0]!.id}`, former)).status,
    ];
    const own = async () =>
      (await server.get('/courses?staff=me&status=draft', former)).body.items.map(
        ({ id }: { id: string }) => id,
      );
    assert.deepEqual(await statuses(), [200, 200, 200, 200, 200]);
    assert.ok((await own()).includes(draft.id));
    await setRole('student');
    assert.deepEqual(await statuses(), [404, 404, 403, 403, 403]);
    assert.deepEqual(await own(), []);
    await put(draft.id, otherInstructor.id, 'observer');
    assert.deepEqual(await own(), [draft.id], 'what students may be they are');
    await setRole('instructor');
    assert.equal((await statuses())[2], 200);
  });

  test('owners and admins manage it; other staff and strangers do not', async () => {
    const { course } = await makePublishedCourse(server, people.instructor);
    const draft = await makeCourse(server, people.instructor);
    const { otherInstructor, student, admin } = people;
    assert.equal((await server.get(`/courses/${course.id}/staff`)).status, 401);
    assert.equal((await server.get(`/courses/${course.id}/staff`, student.token)).status, 403);
    assert.equal((await server.get(`/courses/${draft.id}/staff`, student.token)).status, 404);
    assert.equal(
      (await put(course.id, otherInstructor.id, 'coInstructor', otherInstructor.token)).status,
      403,
    );
    assert.equal((await put(course.id, otherInstructor.id, 'coInstructor')).status, 200);
    assert.equal((await put(course.id, student.id, 'assistant', otherInstructor.token)).status, 403);
    assert.equal((await remove(course.id, people.instructor.id, otherInstructor.token)).status, 403);
    assert.equal((await put(course.id, student.id, 'observer', admin.token)).status, 200);
    const listed = await server.get(`/courses/${course.id}/staff`, token);
    assert.deepEqual(
      listed.body.items.map((item: { user: { id: string }; role: string }) => [item.user.id, item.role]),
      [
        [people.instructor.id, 'owner'],
        [otherInstructor.id, 'coInstructor'],
        [student.id, 'observer'],
      ].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
    const shown = (await server.get(`/courses/${course.id}`)).body.instructors;
    assert.deepEqual(
      shown.map(({ id }: { id: string }) => id),
      [people.instructor.id, otherInstructor.id],
    );
  });

  test('a part in the staff brings its permissions at once and takes them when it ends', async () => {
    const course = await makeCourse(server, people.instructor);
    const { otherInstructor } = people;
    const edit = () => server.patch(`/courses/${course.id}`, { level: 'beginner' }, otherInstructor.token);
    assert.equal((await edit()).status, 404);
    await put(course.id, otherInstructor.id, 'observer');
    assert.equal((await edit()).status, 403);
    const answer = await put(course.id, otherInstructor.id, 'coInstructor');
    assert.equal(answer.body.role, 'coInstructor');
    assert.equal((await edit()).status, 200);
    assert.equal((await remove(course.id, otherInstructor.id)).status, 204);
    assert.equal((await remove(course.id, otherInstructor.id)).status, 404);
    assert.equal((await edit()).status, 404);
  });

  test('students do not teach, and who does not exist is no staff', async () => {
    const course = await makeCourse(server, people.instructor);
    for (const role of ['owner', 'coInstructor']) {
      const answer = await put(course.id, people.student.id, role);
      assert.equal(answer.status, 409);
      assert.equal(answer.body.code, 'staff_role_not_allowed');
    }
    assert.equal((await put(course.id, people.student.id, 'assistant')).status, 200);
    assert.equal((await put(course.id, course.id, 'assistant')).status, 404);
    assert.equal((await put(course.id, people.student.id, 'dean')).status, 400);
  });

  test('the last owner stays, also when two owners take each other away at the same time', async () => {
    const course = await makeCourse(server, people.instructor);
    const { instructor, otherInstructor } = people;
    assert.equal((await remove(course.id, instructor.id)).body.code, 'last_owner');
    assert.equal((await put(course.id, instructor.id, 'observer')).body.code, 'last_owner');
    await put(course.id, otherInstructor.id, 'owner');
    const answers = await Promise.all([
      remove(course.id, otherInstructor.id),
      remove(course.id, instructor.id, otherInstructor.token),
    ]);
    assert.equal(answers.filter(({ status }) => status === 204).length, 1);
    const left = await server.get(`/courses/${course.id}/staff`, people.admin.token);
    assert.equal(left.body.items.length, 1);
  });
});
