import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Body, Person } from '#test/client.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { completeCourse, storedCertificates } from './completion-testing.ts';

suite('certificates', () => {
  let server: TestServer;
  let people: People;
  let course: PublishedCourse;
  before(async () => {
    server = await startTestServer({ env: { PUBLIC_URL: 'https://learn.example.org' } });
    people = await makePeople(server);
    course = await makePublishedCourse(server, people.instructor, {
      texts: 1,
      title: 'Brot & "Käse" / 面包',
      language: 'de',
    });
  });
  after(() => server.stop());

  type Issued = { learner: Person; enrollmentId: string; certificate: Body; path: string };
  const issue = async (name?: string): Promise<Issued> => {
    const done = await completeCourse(server, course, await server.registerStudent(name));
    await server.runJobs();
    const [certificate] = (await server.get('/me/certificates', done.learner.token)).body.items;
    return { ...done, certificate, path: `/certificates/${certificate.id}` };
  };
  const revoke = (path: string, reason: string, token = people.admin.token) =>
    server.post(`${path}/revocation`, { reason }, token);
  const reissue = (path: string, token = people.admin.token, body?: unknown) =>
    server.post(`${path}/reissue`, body, token);

  test('its learner, the staff and admins read it and its PDF; to all others it does not exist', async () => {
    const { learner, path } = await issue();
    for (const address of [path, `${path}/pdf`]) {
      assert.equal((await server.get(address)).status, 401);
      for (const stranger of [people.student, people.otherInstructor])
        assert.equal((await server.get(address, stranger.token)).status, 404);
      for (const reader of [learner, people.instructor, people.admin])
        assert.equal((await server.get(address, reader.token)).status, 200);
    }
    for (const nothing of ['/certificates/0192f0c4-0000-7000-8000-000000000000', '/certificates/none'])
      assert.equal((await server.get(nothing, people.admin.token)).status, 404);
  });

  test('only admins revoke and reissue', async () => {
    const { learner, path } = await issue();
    for (const token of [learner.token, people.instructor.token, people.student.token]) {
      assert.equal((await revoke(path, 'Because', token)).status, 403);
      assert.equal((await reissue(path, token)).status, 403);
    }
    assert.equal((await server.post(`${path}/revocation`, { reason: 'x' })).status, 401);
    assert.equal((await server.post(`${path}/reissue`)).status, 401);
    for (const body of [
      {},
      { reason: '' },
      { reason: '  ' },
      { reason: 5 },
      { reason: 'x'.repeat(501) },
      { reason: 'x', more: 1 },
    ])
      assert.equal(
        (await server.post(`${path}/revocation`, body, people.admin.token)).status,
        400,
        JSON.stringify(body),
      );
    assert.equal((await server.get(path, learner.token)).body.status, 'valid');
  });

  test('the PDF is private, asked for again each time, and named safely', async () => {
    const { learner, certificate, path } = await issue();
    const first = await server.get(`${path}/pdf`, learner.token);
    const etag = first.headers.get('etag') ?? '';
    assert.match(etag, /^"[\w-]{43}"$/);
    assert.equal(first.headers.get('cache-control'), 'private, no-cache');
    assert.equal(
      first.headers.get('content-disposition'),
      `attachment; filename="${certificate.number}.pdf"; filename*=UTF-8''Brot%20%26%20K%C3%A4se%20%E9%9D%A2%E5%8C%85%20${certificate.number}.pdf`,
    );
    const again = await server.get(`${path}/pdf`, learner.token, { 'if-none-match': `"other", W/${etag}` });
    assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', etag]);
    assert.equal(
      (await server.get(`${path}/pdf`, learner.token, { 'if-none-match': '"other"' })).status,
      200,
    );
    await revoke(path, 'A mistake');
    assert.equal((await server.get(`${path}/pdf`, learner.token, { 'if-none-match': etag })).status, 410);
  });

  test('revoking is final and keeps its first reason; the PDF is gone, the list keeps it', async () => {
    const { learner, enrollmentId, path } = await issue();
    const first = await revoke(path, '  Issued by mistake ');
    assert.equal(first.status, 200, first.text);
    assert.deepEqual(
      [first.body.status, first.body.revocationReason, first.body.hasPdf, first.body.revokedAt],
      ['revoked', 'Issued by mistake', false, server.clock.now().toISOString()],
    );
    server.clock.advance({ minutes: 5 });
    const second = await revoke(path, 'Another reason');
    assert.deepEqual([second.status, second.body], [200, first.body]);
    const pdf = await server.get(`${path}/pdf`, learner.token);
    assert.deepEqual([pdf.status, pdf.body.code], [410, 'certificate_revoked']);
    assert.deepEqual((await server.get('/me/certificates', learner.token)).body.items, [first.body]);
    const { events } = await storedCertificates(server, enrollmentId);
    assert.deepEqual(
      events.map(({ type, actor_id }) => [type, actor_id]),
      [
        ['certificate.issued', null],
        ['certificate.revoked', people.admin.id],
      ],
    );
  });

  test('one outlives its course: learner, PDF and whoever verifies it find it after that was deleted', async () => {
    const own = await makePublishedCourse(server, people.instructor, { texts: 1, title: 'Soon gone' });
    const { learner, enrollmentId } = await completeCourse(server, own, await server.registerStudent());
    await server.runJobs();
    const [before] = (await server.get('/me/certificates', learner.token)).body.items;
    // It is archived: the row stays for those who learned in it.
    assert.equal((await server.delete(`/courses/${own.course.id}`, people.instructor.token)).status, 204);
    assert.equal((await server.get(`/courses/${own.course.id}`)).status, 404);
    await server.runJobs();
    assert.deepEqual((await server.get('/me/certificates', learner.token)).body.items, [before]);
    const pdf = await server.get(`/certificates/${before.id}/pdf`, learner.token);
    assert.deepEqual([pdf.status, pdf.headers.get('content-type')], [200, 'application/pdf']);
    const verified = await server.get(`/certificates/verify/${before.number}`);
    assert.deepEqual([verified.status, verified.body.status], [200, 'valid']);
    const enrollment = await server.get(`/enrollments/${enrollmentId}`, learner.token);
    assert.deepEqual([enrollment.status, enrollment.body.status], [200, 'completed']);
  });

  test('two revocations at once: one event', async () => {
    const { enrollmentId, path } = await issue();
    const answers = await Promise.all([revoke(path, 'One'), revoke(path, 'Two')]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    assert.deepEqual(answers[0]?.body, answers[1]?.body);
    const { events } = await storedCertificates(server, enrollmentId);
    assert.equal(events.filter(({ type }) => type === 'certificate.revoked').length, 1);
  });

  test('a reissue has a new number, says what the records say now, and revokes the old one', async () => {
    const { learner, enrollmentId, certificate, path } = await issue('Before');
    await server.patch('/me', { name: 'After' }, learner.token);
    const made = await reissue(path);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.headers.get('location'), `/api/v1/certificates/${made.body.id}`);
    assert.notEqual(made.body.number, certificate.number);
    assert.deepEqual(
      [made.body.learnerName, made.body.replacesId, made.body.status, made.body.completedAt],
      ['After', certificate.id, 'valid', certificate.completedAt],
    );
    const old = (await server.get(path, learner.token)).body;
    assert.deepEqual(
      [old.learnerName, old.status, old.replacedById, old.revocationReason],
      ['Before', 'revoked', made.body.id, 'Replaced by a corrected certificate.'],
    );
    await server.runJobs();
    const { items } = (await server.get('/me/certificates', learner.token)).body;
    assert.deepEqual(
      items.map((item: Body) => [item.id, item.hasPdf]).toSorted(),
      [
        [certificate.id, false],
        [made.body.id, true],
      ].toSorted(),
    );
    assert.equal((await server.get(`/certificates/${made.body.id}/pdf`, learner.token)).status, 200);
    const { certificates, events } = await storedCertificates(server, enrollmentId);
    assert.equal(certificates.filter((row) => !row.revoked_at).length, 1);
    assert.deepEqual(
      events.map(({ type, actor_id }) => [type, actor_id]),
      [
        ['certificate.issued', null],
        ['certificate.revoked', people.admin.id],
        ['certificate.issued', people.admin.id],
      ],
    );
  });

  test('a revoked one can be reissued and keeps its reason; only the last in line can', async () => {
    const { certificate, path } = await issue();
    await revoke(path, 'Name misspelt');
    const made = await reissue(path);
    assert.equal(made.status, 201);
    assert.equal((await server.get(path, people.admin.token)).body.revocationReason, 'Name misspelt');
    const again = await reissue(path);
    assert.deepEqual([again.status, again.body.code], [409, 'certificate_replaced']);
    assert.deepEqual(again.body.errors[0].params, { certificateId: made.body.id });
    const next = await reissue(`/certificates/${made.body.id}`, people.admin.token, { reason: 'Once more' });
    assert.equal(next.status, 201);
    assert.notEqual(next.body.replacesId, certificate.id);
    assert.equal(
      (await server.get(`/certificates/${made.body.id}`, people.admin.token)).body.revocationReason,
      'Once more',
    );
  });

  test('of two reissues at once one wins, and one certificate is in force', async () => {
    const { enrollmentId, path } = await issue();
    const answers = await Promise.all([reissue(path), reissue(path), reissue(path)]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409]);
    await server.runJobs();
    const { certificates } = await storedCertificates(server, enrollmentId);
    assert.equal(certificates.length, 2);
    assert.equal(certificates.filter((row) => !row.revoked_at).length, 1);
  });

  test('admins find any by number, person and course; staff those of their course', async () => {
    const { learner, certificate } = await issue();
    const ids = async (query: string, token: string) =>
      ((await server.get(`/certificates?${query}`, token)).body.items as Body[]).map(({ id }) => id);
    const typed = encodeURIComponent(certificate.number.toLowerCase().replaceAll('-', ' '));
    for (const query of [
      `number=${typed}`,
      `userId=${learner.id}`,
      `courseId=${course.course.id}&userId=${learner.id}`,
    ])
      assert.deepEqual(await ids(query, people.admin.token), [certificate.id], query);
    assert.deepEqual(await ids('number=nonsense', people.admin.token), []);
    assert.deepEqual(await ids(`courseId=${course.course.id}&number=${typed}`, people.instructor.token), [
      certificate.id,
    ]);
    const refusals: [string, string | undefined, number][] = [
      ['', undefined, 401],
      ['', people.instructor.token, 403],
      [`userId=${learner.id}`, learner.token, 403],
      [`courseId=${course.course.id}`, learner.token, 403],
      [`courseId=${course.course.id}`, people.otherInstructor.token, 403],
      [`courseId=${certificate.id}`, people.instructor.token, 404],
      ['courseId=none', people.admin.token, 400],
    ];
    for (const [query, token, status] of refusals)
      assert.equal((await server.get(`/certificates?${query}`, token)).status, status, query);
  });

  test('lists go page by page in as many statements for 1 as for 100, and one thing takes at most 3', async () => {
    const { learner, path } = await issue();
    await issue();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor ? `&cursor=${cursor}` : '';
      const page = await server.get(`/certificates?limit=2&sort=issuedAt${next}`, people.admin.token);
      assert.equal(page.status, 200, page.text);
      seen.push(...page.body.items.map(({ id }: Body) => id));
      cursor = page.body.nextCursor;
    } while (cursor);
    const all = (await server.get('/certificates?limit=100&sort=issuedAt', people.admin.token)).body.items;
    assert.deepEqual(
      seen,
      all.map(({ id }: Body) => id),
    );
    const count = async (address: string, token?: string) => {
      server.takeStatements();
      await server.get(address, token);
      return server.takeStatements().length;
    };
    for (const limit of [1, 100]) {
      assert.equal(await count(`/certificates?limit=${limit}`, people.admin.token), 2);
      assert.equal(
        await count(`/certificates?limit=${limit}&courseId=${course.course.id}`, people.instructor.token),
        3,
      );
      assert.equal(await count(`/me/certificates?limit=${limit}`, learner.token), 2);
    }
    assert.equal(await count(path, learner.token), 2);
    assert.equal(await count(`${path}/pdf`, learner.token), 2);
    assert.equal(await count('/certificates/verify/LMS-0000-0000-0000-0000'), 1);
  });
});
