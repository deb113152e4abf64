import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { inTransaction } from '#platform/db/transaction.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { completeCourse, storedCertificates } from './completion-testing.ts';
import { enqueueMissingJob } from './job-definitions.ts';

suite('certificates that never came', () => {
  let server: TestServer;
  let course: PublishedCourse;
  before(async () => {
    server = await startTestServer();
    course = await makePublishedCourse(server, await makePerson(server, 'instructor'), { texts: 1 });
  });
  after(() => server.stop());

  test('a certificate or a PDF that never came is found at night and made', async () => {
    const { enrollmentId } = await completeCourse(server, course, await server.registerStudent());
    const { db, jobs } = server.open.deps;
    // As after a job that failed for good and was deleted.
    await sql`delete from pgboss.job where data ->> 'job' = 'certificates.issue'`.execute(db);
    const sweep = async () => {
      await inTransaction(db, (tx) => jobs.enqueue(tx, enqueueMissingJob, {}));
      await server.runJobs();
      return (await storedCertificates(server, enrollmentId)).certificates;
    };
    assert.deepEqual(await sweep(), [], 'what may still be in hand is left alone');
    server.clock.advance({ hours: 2 });
    const [issued, ...others] = await sweep();
    assert.ok(issued?.pdf);
    assert.deepEqual(others, []);
    await db.deleteFrom('certificate_pdf').where('certificate_id', '=', issued.id).execute();
    server.clock.advance({ hours: 2 });
    const [rendered] = await sweep();
    assert.equal(rendered?.id, issued.id);
    assert.ok(rendered.pdf);
  });
});
