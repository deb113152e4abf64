import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { inTransaction } from '#platform/db/transaction.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { openPdf, qrCodeOf, textItemsOf } from '#test/pdf.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { issueCertificate } from './commands/issue-certificate.ts';
import { completeCourse, storedCertificates, type Completion } from './completion-testing.ts';
import { issueCertificateJob } from './job-definitions.ts';

suite('issuing certificates', () => {
  let server: TestServer;
  let people: People;
  let course: PublishedCourse;
  before(async () => {
    server = await startTestServer({
      // Tests hold locks while PDFs are drawn, which takes its time on a busy machine.
      config: { databaseLockTimeoutMs: 60_000, databaseStatementTimeoutMs: 60_000 },
      env: { PUBLIC_URL: 'https://learn.example.org', CERTIFICATE_ISSUER: 'Harbour Academy' },
    });
    people = await makePeople(server);
    course = await makePublishedCourse(server, people.instructor, {
      texts: 1,
      title: 'Open-Water Navigation',
    });
  });
  after(() => server.stop());

  const complete = async (name?: string): Promise<Completion> =>
    completeCourse(server, course, await server.registerStudent(name));

  test('completing enqueues the job; it makes one certificate from the records, with its PDF and event', async () => {
    const { enrollmentId, learner } = await complete('Zoë Łukasiewicz');
    assert.equal((await storedCertificates(server, enrollmentId)).certificates.length, 0);
    await server.runJobs();
    const { body } = await server.get('/me/certificates?include=total', learner.token);
    assert.deepEqual(body.total, { value: 1, isCapped: false });
    const [certificate] = body.items;
    assert.match(certificate.number, /^LMS(-[0-9A-HJKMNP-TV-Z]{4}){4}$/);
    const enrollment = await server.get(`/enrollments/${enrollmentId}`, learner.token);
    assert.deepEqual(certificate, {
      id: certificate.id,
      enrollmentId,
      userId: learner.id,
      courseId: course.course.id,
      status: 'valid',
      number: certificate.number,
      learnerName: 'Zoë Łukasiewicz',
      courseTitle: 'Open-Water Navigation',
      language: course.course.language,
      issuer: 'Harbour Academy',
      completedAt: enrollment.body.completedAt,
      issuedAt: server.clock.now().toISOString(),
      expiresAt: null,
      revokedAt: null,
      revocationReason: null,
      verifyUrl: `https://learn.example.org/verify/${certificate.number}`,
      replacesId: null,
      replacedById: null,
      hasPdf: true,
    });
    const { events } = await storedCertificates(server, enrollmentId);
    const data = {
      certificateId: certificate.id,
      userId: learner.id,
      courseId: course.course.id,
      enrollmentId,
    };
    assert.deepEqual(events, [{ type: 'certificate.issued', actor_id: null, data }]);
  });

  test('the PDF over HTTP says it, and its QR code leads to the page of PUBLIC_URL, whatever the Host', async () => {
    const { learner } = await complete('Екатерина Щербакова');
    await server.runJobs();
    const { id, number } = (await server.get('/me/certificates', learner.token)).body.items[0];
    const response = await fetch(`${server.baseUrl}/certificates/${id}/pdf`, {
      headers: { authorization: `Bearer ${learner.token}`, 'x-forwarded-host': 'evil.example' },
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/pdf');
    const pdf = await openPdf(new Uint8Array(await response.arrayBuffer()));
    const text = (await textItemsOf(pdf)).map(({ str }) => str).join('');
    for (const part of ['Екатерина Щербакова', 'Open-Water Navigation', 'Harbour Academy', number]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.equal((await qrCodeOf(pdf))?.text, `https://learn.example.org/verify/${number}`);
    await pdf.loadingTask.destroy();
  });

  test('the job run again and again, and twice at once, leaves one certificate, PDF and event', async () => {
    const { enrollmentId, learner } = await complete();
    const { deps } = server.open;
    const payload = { enrollmentId, userId: learner.id, courseId: course.course.id };
    await inTransaction(deps.db, (tx) =>
      deps.jobs.enqueueAll(
        tx,
        [1, 2].map(() => ({ definition: issueCertificateJob, payload })),
      ),
    );
    await Promise.all([
      issueCertificate(deps, enrollmentId),
      issueCertificate(deps, enrollmentId),
      server.runJobs(),
    ]);
    await issueCertificate(deps, enrollmentId);
    const { certificates, events } = await storedCertificates(server, enrollmentId);
    assert.equal(certificates.length, 1);
    assert.equal(certificates[0]?.pdf, certificates[0]?.id);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['certificate.issued'],
    );
  });

  /**
   * Completes an enrollment, has its certificate issued so many times at once, and does `meanwhile` when so many have drawn
   * their PDF and are about to keep it. Returns the enrollment's id.
   */
  const beforeKeeping = async (count: number, meanwhile: (enrollmentId: string) => Promise<unknown>) => {
    const { deps } = server.open;
    const issuing: Promise<unknown>[] = [];
    const id = await deps.db.transaction().execute(async (tx) => {
      // Lets them read, and stops them at the insert: the job of the completion, too, where a worker runs by now.
      await sql`lock table certificate_pdf in share row exclusive mode`.execute(tx);
      const { enrollmentId } = await complete();
      issuing.push(...Array.from({ length: count }, () => issueCertificate(deps, enrollmentId)));
      await waitFor('all wait to keep their PDF', async () => {
        const { rows } = await sql<{ count: number }>`
          select count(*) as count from pg_locks where relation = 'certificate_pdf'::regclass and not granted`.execute(
          deps.db,
        );
        return (rows[0]?.count ?? 0) >= count;
      });
      await meanwhile(enrollmentId);
      return enrollmentId;
    });
    await Promise.all(issuing);
    return id;
  };

  test('of two that drew the PDF at the same moment one keeps it, and one event tells of it', async () => {
    const enrollmentId = await beforeKeeping(2, async () => {});
    const { certificates, events } = await storedCertificates(server, enrollmentId);
    assert.deepEqual([certificates.length, certificates[0]?.pdf, events.length], [1, certificates[0]?.id, 1]);
    await server.runJobs();
    assert.equal((await storedCertificates(server, enrollmentId)).events.length, 1);
  });

  test('one that is revoked while its PDF is drawn is never announced as issued', async () => {
    const enrollmentId = await beforeKeeping(1, async (id) => {
      const { certificates } = await storedCertificates(server, id);
      const said = { reason: 'A mistake' };
      await server.post(`/certificates/${certificates[0]?.id}/revocation`, said, people.admin.token);
    });
    const { certificates, events } = await storedCertificates(server, enrollmentId);
    assert.deepEqual(
      certificates.map((row) => row.pdf),
      [null],
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ['certificate.revoked'],
    );
    await server.runJobs();
  });

  test('a job that dies after it rendered is redone under the same number: one certificate comes out', async () => {
    const db = server.ownerDb;
    await server.runJobs();
    // The database refuses to keep a PDF, as if the worker had been cut off from it there.
    const name = `refusal_${randomBytes(4).toString('hex')}`;
    await sql
      .raw(
        `create function ${name}() returns trigger language plpgsql as $$ begin raise exception 'cut off'; end $$`,
      )
      .execute(db);
    await sql
      .raw(`create trigger ${name} before insert on certificate_pdf for each row execute function ${name}()`)
      .execute(db);
    const { enrollmentId, learner } = await complete();
    await server.runJobs();
    const between = await storedCertificates(server, enrollmentId);
    assert.deepEqual(
      [between.certificates.length, between.certificates[0]?.pdf, between.events.length],
      [1, null, 0],
    );
    assert.deepEqual((await server.get('/me/certificates', learner.token)).body.items, []);
    const { id, number } = between.certificates[0]!;
    assert.equal(
      (await server.get(`/certificates/${id}/pdf`, learner.token)).body.code,
      'certificate_not_ready',
    );
    await sql.raw(`drop trigger ${name} on certificate_pdf`).execute(db);
    await waitFor(
      'the second try',
      async () => (await storedCertificates(server, enrollmentId)).events.length > 0,
    );
    const { certificates, events } = await storedCertificates(server, enrollmentId);
    assert.deepEqual(
      certificates.map((row) => [row.number, row.pdf === row.id]),
      [[number, true]],
    );
    assert.equal(events.length, 1);
  });

  test('renaming person and course later changes nothing of it', async () => {
    const { learner } = await complete('Before Renaming');
    await server.runJobs();
    await server.patch('/me', { name: 'After Renaming' }, learner.token);
    const path = `/courses/${course.course.id}`;
    const renamed = await server.patch(path, { title: 'Renamed' }, people.instructor.token);
    assert.equal(renamed.status, 200, renamed.text);
    const [certificate] = (await server.get('/me/certificates', learner.token)).body.items;
    assert.equal(certificate.learnerName, 'Before Renaming');
    assert.equal(certificate.courseTitle, 'Open-Water Navigation');
    await server.patch(path, { title: 'Open-Water Navigation' }, people.instructor.token);
  });

  test('the job makes nothing anew after a revocation', async () => {
    const { enrollmentId, learner } = await complete();
    await server.runJobs();
    const [{ id }] = (await server.get('/me/certificates', learner.token)).body.items;
    await server.post(`/certificates/${id}/revocation`, { reason: 'A mistake' }, people.admin.token);
    await issueCertificate(server.open.deps, enrollmentId);
    const { certificates } = await storedCertificates(server, enrollmentId);
    assert.deepEqual(
      certificates.map((row) => row.id),
      [id],
    );
  });

  test('one that is revoked before its PDF exists never gets one', async () => {
    const { enrollmentId } = await complete();
    await server.runJobs();
    const { db } = server.open.deps;
    const { certificates } = await storedCertificates(server, enrollmentId);
    const { id } = certificates[0]!;
    await db.deleteFrom('certificate_pdf').where('certificate_id', '=', id).execute();
    await server.post(`/certificates/${id}/revocation`, { reason: 'A mistake' }, people.admin.token);
    await issueCertificate(server.open.deps, enrollmentId);
    assert.equal((await storedCertificates(server, enrollmentId)).certificates[0]?.pdf, null);
  });

  test('nobody gets one for what is not complete', async () => {
    const learner = await server.registerStudent();
    const { body } = await server.post(`/courses/${course.course.id}/enrollments`, {}, learner.token);
    await assert.rejects(issueCertificate(server.open.deps, body.id), /is not complete/);
    assert.equal((await storedCertificates(server, body.id)).certificates.length, 0);
  });
});
