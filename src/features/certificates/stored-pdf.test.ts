import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, suite, test } from 'node:test';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Person } from '#test/client.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { issueCertificate } from './commands/issue-certificate.ts';
import { completeCourse, storedCertificates } from './completion-testing.ts';
import { enqueueMissingJob } from './job-definitions.ts';

suite('PDFs of certificates in the store', () => {
  let server: TestServer;
  let course: PublishedCourse;
  before(async () => {
    server = await startTestServer();
    course = await makePublishedCourse(server, await makePerson(server, 'instructor'), { texts: 1 });
  });
  after(() => server.stop());

  const issue = async () => {
    const { enrollmentId, learner } = await completeCourse(server, course, await server.registerStudent());
    await issueCertificate(server.open.deps, enrollmentId);
    const [{ id }] = (await server.get('/me/certificates', learner.token)).body.items;
    return { id: id as string, enrollmentId, learner };
  };
  const rowOf = (id: string) =>
    server.open.deps.db
      .selectFrom('certificate_pdf')
      .selectAll()
      .where('certificate_id', '=', id)
      .executeTakeFirstOrThrow();
  const get = async (id: string, { token }: Person, headers: Record<string, string> = {}, method = 'GET') => {
    const address = `${server.baseUrl}/certificates/${id}/pdf`;
    const answer = await fetch(address, {
      method,
      headers: { ...headers, authorization: `Bearer ${token}` },
    });
    const body = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, body, of: (name: string) => answer.headers.get(name) };
  };

  test('the row names the file with its size and hash, and holds no bytes itself', async () => {
    const { id } = await issue();
    const { content, storage_key: key, size_bytes: size, sha256 } = await rowOf(id);
    assert.equal(content, null);
    assert.match(key ?? '', new RegExp(`^certificates/${id}-[0-9a-f]{16}\\.pdf$`));
    const stored = await buffer(await server.open.deps.files.read(key ?? ''));
    assert.equal(stored.length, size);
    assert.ok(createHash('sha256').update(stored).digest().equals(sha256));
    assert.equal(stored.toString('latin1', 0, 5), '%PDF-');
  });

  test('it is read whole, in part, by its head, and not again by whoever has it', async () => {
    const { id, learner } = await issue();
    const whole = await get(id, learner);
    assert.equal(whole.status, 200);
    const etag = whole.of('etag') ?? '';
    assert.equal(etag, `"${createHash('sha256').update(whole.body).digest('base64url')}"`);
    const part = await get(id, learner, { range: 'bytes=0-4', 'if-range': etag });
    assert.deepEqual([part.status, part.body.toString()], [206, '%PDF-']);
    const head = await get(id, learner, {}, 'HEAD');
    assert.deepEqual([head.status, head.of('content-length')], [200, String(whole.body.length)]);
    assert.equal((await get(id, learner, { 'if-none-match': etag })).status, 304);
    assert.equal((await get(id, learner, { range: 'bytes=99999999-' })).status, 416);
  });

  test('one that the store has lost is made anew when it is asked for, and not announced again', async () => {
    const { id, enrollmentId, learner } = await issue();
    const before = await get(id, learner);
    const { storage_key: key } = await rowOf(id);
    await server.open.deps.files.remove(key ?? '');
    const lost = await get(id, learner);
    assert.equal(lost.status, 503);
    assert.equal(lost.of('retry-after'), '2');
    assert.equal(JSON.parse(lost.body.toString()).code, 'unavailable');
    await get(id, learner);
    await server.runJobs();
    const restored = await get(id, learner);
    assert.equal(restored.status, 200);
    assert.ok(restored.body.equals(before.body));
    const { certificates, events } = await storedCertificates(server, enrollmentId);
    assert.deepEqual([certificates.length, events.length], [1, 1]);
  });

  test('one from before there was a store is read from the database until the nightly job has moved it', async () => {
    const { id, learner } = await issue();
    const { deps } = server.open;
    const whole = await get(id, learner);
    const { storage_key: key } = await rowOf(id);
    await deps.db
      .updateTable('certificate_pdf')
      .set({ content: whole.body, storage_key: null, size_bytes: null })
      .where('certificate_id', '=', id)
      .execute();
    await deps.files.remove(key ?? '');
    const assertSame = async () => {
      const again = await get(id, learner);
      assert.deepEqual([again.status, again.of('etag')], [200, whole.of('etag')]);
      assert.ok(again.body.equals(whole.body));
      const part = await get(id, learner, { range: 'bytes=1-3' });
      assert.deepEqual([part.status, part.body.toString()], [206, 'PDF']);
    };
    await assertSame();
    for (const _night of [1, 2]) {
      await inTransaction(deps.db, (tx) => deps.jobs.enqueue(tx, enqueueMissingJob, {}));
      await server.runJobs();
      const row = await rowOf(id);
      assert.deepEqual([row.content, row.storage_key, row.size_bytes], [null, key, whole.body.length]);
      await assertSame();
    }
  });

  test('while nothing can be stored nothing is announced; the next try makes it', async () => {
    const { deps } = server.open;
    const { enrollmentId, learner } = await completeCourse(server, course, await server.registerStudent());
    const folder = path.join(deps.config.uploadsDir, 'certificates');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'in the way');
    await assert.rejects(issueCertificate(deps, enrollmentId), { status: 503 });
    const { certificates, events } = await storedCertificates(server, enrollmentId);
    assert.deepEqual([certificates[0]?.pdf, events.length], [null, 0]);
    rmSync(folder);
    mkdirSync(folder);
    await issueCertificate(deps, enrollmentId);
    const [{ id }] = (await server.get('/me/certificates', learner.token)).body.items;
    assert.equal((await get(id, learner)).status, 200);
  });
});
