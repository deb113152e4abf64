import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makeCourse } from '#features/enrollments/course-testing.ts';
import { runSql } from '#platform/db/database.ts';
import { makePeople, makePerson, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { importsOf } from './import-testing.ts';

suite('imports of enrollments', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());
  const countOf = async (courseId: string) => {
    const rows = await runSql<{ count: number }>(
      server.open.deps.db,
      'select enrollment_count as count from course_statistics where course_id = $1',
      [courseId],
    );
    return rows[0]?.count;
  };

  test('staff enroll, resume and leave alone by a file, in their own courses only, and again is harmless', async () => {
    const { instructor, otherInstructor, student, otherStudent, admin } = people;
    const { check, apply, told } = importsOf(server);
    const own = await makeCourse(server, { staff: { [instructor.id]: 'owner' } });
    const others = await makeCourse(server, { staff: { [otherInstructor.id]: 'owner' } });
    const draft = await makeCourse(server, { status: 'draft', staff: { [otherInstructor.id]: 'owner' } });
    await runSql(
      server.open.deps.db,
      `insert into course_slug (slug, course_id, created_at) values ('bees', $1, now())`,
      [own.id],
    );
    const left = await server.post(`/courses/${own.id}/enrollments`, {}, student.token);
    await server.request('DELETE', `/enrollments/${left.body.id}`, { token: student.token });
    const unproven = await server.registerStudent();
    const gone = await makePerson(server, 'student', 'Gone');
    await server.request('DELETE', `/users/${gone.id}`, { token: admin.token });
    const file = [
      'course,email',
      `Bees,${otherStudent.email}`,
      `${own.id},${student.email}`,
      `${own.id},${otherStudent.email}`,
      `${own.id},nobody@example.com`,
      `nowhere,${student.email}`,
      `${others.id},${student.email}`,
      `${draft.id},${student.email}`,
      `${own.id},${unproven.email}`,
      `${own.id},${gone.email}`,
      `${own.id},${instructor.email}`,
      `,${student.email}`,
    ].join('\n');
    const checked = await check('enrollments', file, instructor);
    assert.deepEqual(checked.dryRun.error, null);
    const expected = [
      [2, 'created'],
      [3, 'updated'],
      [4, 'unchanged'],
      [5, 'failed', 'email person_not_found'],
      [6, 'failed', 'course course_not_found'],
      [7, 'failed', 'course forbidden'],
      [8, 'failed', 'course course_not_found'],
      [9, 'failed', 'email email_not_verified'],
      [10, 'failed', 'email account_deactivated'],
      [11, 'failed', 'email already_staff'],
      [12, 'failed', 'course required'],
    ];
    assert.deepEqual(await told(checked.id, instructor), expected);
    assert.equal(await countOf(own.id), 0, 'a dry run enrolls nobody');
    const applied = await apply(checked.id, instructor);
    assert.equal(applied.application.status, 'succeeded', JSON.stringify(applied));
    assert.equal(await countOf(own.id), 2);
    const again = await check('enrollments', file, instructor);
    assert.deepEqual(again.dryRun.counts, { created: 0, updated: 0, unchanged: 3, failed: 8 });
    const events = await runSql(
      server.open.deps.db,
      "select type from event where data ->> 'courseId' = $1 and actor_id = $2 order by type",
      [own.id, instructor.id],
    );
    assert.deepEqual(events, [{ type: 'enrollment.created' }, { type: 'enrollment.resumed' }]);
  });

  test('students cannot have addresses tried by a file', async () => {
    const { begin } = importsOf(server);
    const answer = await begin('enrollments', `email,course\n${people.admin.email},x\n`, people.student);
    assert.equal(answer.status, 403);
  });
});
