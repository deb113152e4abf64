import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makeCourse, makePublishedCourse } from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('courses', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const enroll = async (courseId: string, token: string) => {
    const answer = await server.post(`/courses/${courseId}/enrollments`, {}, token);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  };

  test('only instructors and admins make courses', async () => {
    const body = { title: 'Tea' };
    assert.equal((await server.post('/courses', body)).status, 401);
    assert.equal((await server.post('/courses', body, people.student.token)).status, 403);
    assert.equal((await server.post('/courses', body, people.instructor.token)).status, 201);
    assert.equal((await server.post('/courses', body, people.admin.token)).status, 201);
  });

  test('a new course is a draft of its creator, who owns it, with everything at its beginning', async () => {
    const answer = await server.post(
      '/courses',
      {
        title: '  Tea  ',
        description: 'Leaves & **water**.',
        category: 'Food',
        level: 'beginner',
        language: 'EN-gb',
      },
      people.instructor.token,
    );
    assert.equal(answer.status, 201, answer.text);
    const { body: course } = answer;
    assert.equal(answer.headers.get('location'), `/api/v1/courses/${course.id}`);
    assert.match(answer.headers.get('etag') ?? '', /^"1-/);
    assert.equal(course.title, 'Tea');
    assert.equal(course.status, 'draft');
    assert.equal(course.language, 'en-GB');
    assert.equal(course.description, 'Leaves & **water**.');
    assert.equal(course.descriptionHtml, '<p dir="auto">Leaves &amp; <strong>water</strong>.</p>');
    assert.equal(course.summary, 'Leaves & water.');
    assert.deepEqual(course.instructors, [{ id: people.instructor.id, name: people.instructor.name }]);
    assert.equal(course.viewer.courseRole, 'owner');
    assert.ok(course.viewer.permissions.includes('staff.manage'));
    const none = { enrollmentCount: 0, completionCount: 0, ratingCount: 0, ratingAverage: null };
    assert.deepEqual(course.statistics, { ...none, lessonCount: 0, durationSeconds: 0 });
    assert.deepEqual((await server.get(`/courses/${course.id}`, people.instructor.token)).body, course);
  });

  test('bad input names its fields; what only the server decides is no field', async () => {
    const bad: [Record<string, unknown>, string, string][] = [
      [{}, '/title', 'required'],
      [{ title: ' ' }, '/title', 'blank'],
      [{ title: 'x'.repeat(301) }, '/title', 'max_length'],
      [{ title: 'Two\nlines' }, '/title', 'control_characters'],
      [{ title: 'T', category: 'Arts, crafts' }, '/category', 'pattern'],
      [{ title: 'T', description: 'x'.repeat(20_001) }, '/description', 'max_length'],
      [{ title: 'T', language: 'en-a' }, '/language', 'pattern'],
      [{ title: 'T', language: 'en-us-us' }, '/language', 'language_unknown'],
      [{ title: 'T', imageUrl: 'http://example.com/a.png' }, '/imageUrl', 'pattern'],
      [{ title: 'T', imageUrl: 'https://' }, '/imageUrl', 'pattern'],
      [{ title: 'T', imageUrl: 'https://a b/' }, '/imageUrl', 'pattern'],
      [{ title: 'T', imageUrl: 'https://[/' }, '/imageUrl', 'url_invalid'],
      [{ title: 'T', status: 'published' }, '/status', 'unknown_field'],
      [{ title: 'T', slug: 'tea' }, '/slug', 'unknown_field'],
      [{ title: 'T', ownerId: people.student.id }, '/ownerId', 'unknown_field'],
      [{ title: 'T', statistics: { ratingCount: 9 } }, '/statistics', 'unknown_field'],
    ];
    for (const [body, path, code] of bad) {
      const answer = await server.post('/courses', body, people.instructor.token);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.deepEqual([answer.body.errors[0].path, answer.body.errors[0].code], [path, code]);
    }
    const course = await makeCourse(server, people.instructor);
    for (const field of [
      'id',
      'status',
      'publishedAt',
      'statistics',
      'instructors',
      'descriptionHtml',
      'summary',
    ]) {
      const answer = await server.patch(
        `/courses/${course.id}`,
        { [field]: course[field] },
        people.instructor.token,
      );
      assert.equal(answer.body.code, 'unknown_field', field);
    }
  });

  test('titles in any script make an address that resolves', async () => {
    const titles = [
      'مقدمة في البرمجة',
      'はじめての日本の茶道',
      'Größe & Maße',
      '🚀',
      '茶'.repeat(100),
      '0193a1b2-0000-7000-8000-00000000000f',
    ];
    for (const title of titles) {
      const { course } = await makePublishedCourse(server, people.instructor, { title, texts: 1 });
      const found = await server.get(`/courses/${encodeURIComponent(course.slug)}`);
      assert.equal(found.status, 200, `${title} ${found.text}`);
      assert.equal(found.body.id, course.id);
    }
  });

  test('courses of one title made at the same instant get addresses of their own', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, () =>
        server.post('/courses', { title: 'Same moment' }, people.instructor.token),
      ),
    );
    assert.deepEqual(new Set(made.map(({ status }) => status)), new Set([201]));
    const slugs = made.map(({ body }) => body.slug);
    assert.equal(new Set(slugs).size, 8);
    assert.ok(slugs.includes('same-moment') && slugs.includes('same-moment-8'), slugs.join());
  });

  test('an address is changed by PATCH only; the old one goes on resolving and is given to no other course', async () => {
    const { course } = await makePublishedCourse(server, people.instructor, { title: 'First name' });
    const patch = (body: object) => server.patch(`/courses/${course.id}`, body, people.instructor.token);
    assert.equal((await patch({ title: 'Another name' })).body.slug, 'first-name');
    assert.equal((await patch({ slug: 'second-name' })).body.slug, 'second-name');
    const byOld = await server.get('/courses/first-name');
    assert.equal(byOld.body.id, course.id);
    assert.equal(byOld.body.slug, 'second-name');

    const other = await makeCourse(server, people.instructor, { title: 'First name' });
    assert.equal(other.slug, 'first-name-2');
    const taken = await server.patch(`/courses/${other.id}`, { slug: 'first-name' }, people.instructor.token);
    assert.equal(taken.status, 409);
    assert.equal(taken.body.code, 'slug_taken');
    assert.equal((await patch({ slug: 'first-name' })).body.slug, 'first-name', 'back to its own');
    for (const slug of ['Not a slug', '-a', course.id])
      assert.equal((await patch({ slug })).status, 400, slug);
  });

  test('of two courses that take one address at the same time, one gets it', async () => {
    const [a, b] = [await makeCourse(server, people.instructor), await makeCourse(server, people.instructor)];
    const answers = await Promise.all(
      [a, b].map(({ id }) => server.patch(`/courses/${id}`, { slug: 'wanted' }, people.instructor.token)),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409]);
  });

  test('a draft is not there for strangers, by id, address or outline', async () => {
    const course = await makeCourse(server, people.instructor, { title: 'Hidden draft' });
    for (const token of [undefined, people.student.token, people.otherInstructor.token]) {
      for (const path of [course.id, course.slug, `${course.id}/outline`]) {
        assert.equal((await server.get(`/courses/${path}`, token)).status, 404);
      }
    }
    for (const path of ['', '/publication', '/archive']) {
      const answer = await server.delete(`/courses/${course.id}${path}`, people.otherInstructor.token);
      assert.equal(answer.status, 404);
    }
    assert.equal((await server.patch(`/courses/${course.id}`, {}, people.student.token)).status, 404);
    assert.equal((await server.get(`/courses/${course.id}`, people.admin.token)).status, 200);
    assert.equal((await server.get('/courses/01a206d9-f054-77fe-a4ef-3403dbdae9c0')).status, 404);
    assert.equal((await server.get('/courses/no-such-course')).status, 404);
  });

  test('a published course is changed by its staff and admins; others know of it and are refused', async () => {
    const { course } = await makePublishedCourse(server, people.instructor);
    const patch = (token?: string) => server.patch(`/courses/${course.id}`, { level: 'advanced' }, token);
    assert.equal((await patch()).status, 401);
    const refused = await patch(people.otherInstructor.token);
    assert.equal(refused.status, 403);
    assert.deepEqual(refused.body.errors[0].params, { permission: 'course.edit' });
    assert.equal((await patch(people.student.token)).status, 403);
    assert.equal((await patch(people.admin.token)).body.level, 'advanced');
  });

  test('PATCH changes what it names, null clears, and a stale version is refused', async () => {
    const course = await makeCourse(server, people.instructor, { category: 'Food', level: 'beginner' });
    const first = await server.get(`/courses/${course.id}`, people.instructor.token);
    const etag = first.headers.get('etag') ?? '';
    const patch = (body: object, match: string) =>
      server.patch(`/courses/${course.id}`, body, people.instructor.token, { 'if-match': match });
    const changed = await patch({ category: null, description: null, title: 'Renamed' }, etag);
    assert.equal(changed.status, 200, changed.text);
    assert.equal(changed.body.category, null);
    assert.equal(changed.body.description, '');
    assert.equal(changed.body.level, 'beginner');
    const stale = await patch({ title: 'Lost' }, etag);
    assert.equal(stale.status, 412);
    const unchanged = { 'if-none-match': changed.headers.get('etag') ?? '' };
    assert.equal((await server.get(`/courses/${course.id}`, people.instructor.token, unchanged)).status, 304);
  });

  test('counters do not move the version that authors hold', async () => {
    const { course } = await makePublishedCourse(server, people.instructor);
    const before = await server.get(`/courses/${course.id}`, people.instructor.token);
    await enroll(course.id, people.student.token);
    const answer = await server.patch(
      `/courses/${course.id}`,
      { level: 'advanced' },
      people.instructor.token,
      {
        'if-match': before.headers.get('etag') ?? '',
      },
    );
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.statistics.enrollmentCount, 1);
  });

  test('an archived course is hidden and takes nobody new; the enrolled keep access, and restoring brings it back', async () => {
    const { course, lessons } = await makePublishedCourse(server, people.instructor, { title: 'To archive' });
    const enrollment = await enroll(course.id, people.student.token);
    assert.equal((await server.delete(`/courses/${course.id}`, people.student.token)).status, 403);
    assert.equal((await server.delete(`/courses/${course.id}`, people.instructor.token)).status, 204);
    assert.equal(
      (await server.delete(`/courses/${course.id}`, people.instructor.token)).status,
      204,
      'harmless twice',
    );

    assert.equal((await server.get(`/courses/${course.id}`)).status, 404);
    assert.equal((await server.get(`/courses/${course.id}`, people.otherStudent.token)).status, 404);
    const listed = await server.get('/courses?q=archive');
    assert.deepEqual(listed.body.items, []);
    const seen = await server.get(`/courses/${course.id}`, people.student.token);
    assert.equal(seen.body.status, 'archived');
    assert.equal(seen.body.viewer.enrollmentId, enrollment.id);
    assert.equal((await server.get(`/lessons/${lessons[0].id}`, people.student.token)).status, 200);
    assert.equal((await server.get(`/enrollments/${enrollment.id}`, people.student.token)).status, 200);
    const late = await server.post(`/courses/${course.id}/enrollments`, {}, people.otherStudent.token);
    assert.ok(late.status === 404 || late.body.code === 'course_archived', late.text);
    const publishing = await server.post(
      `/courses/${course.id}/publication`,
      undefined,
      people.instructor.token,
    );
    assert.equal(publishing.body.code, 'course_archived');

    assert.equal((await server.delete(`/courses/${course.id}/archive`, people.instructor.token)).status, 204);
    const restored = await server.get(`/courses/${course.id}`);
    assert.equal(restored.body.status, 'published');
    assert.equal(restored.body.archivedAt, null);
  });

  test('reading a course takes at most three statements, by id or by address, the sign-in included', async () => {
    const { course } = await makePublishedCourse(server, people.instructor);
    for (const path of [course.id, course.slug, `${course.id}/outline`]) {
      server.takeStatements();
      await server.get(`/courses/${path}`, people.student.token);
      const statements = server.takeStatements();
      assert.ok(statements.length <= 3, statements.join('\n'));
    }
  });

  test('making a course does not leave half of one behind when it fails', async () => {
    const before = await server.get('/courses?include=total', people.admin.token);
    const tooLong = await server.post(
      '/courses',
      { title: 'Half', imageUrl: 'https://[/' },
      people.instructor.token,
    );
    assert.equal(tooLong.status, 400);
    const after = await server.get('/courses?include=total', people.admin.token);
    assert.deepEqual(after.body.total, before.body.total);
    assert.equal((await makeCourse(server, people.instructor, { title: 'Half' })).slug, 'half');
  });
});
