import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { inTransaction } from '#platform/db/transaction.ts';
import { listOutbox, readFromOutbox } from '#platform/mail/outbox.ts';
import { uploadFile } from '#test/files.ts';
import { checkInvariants } from '#test/invariants.ts';
import { buildCourse, joinCourse, learn, ok, waitForCertificate } from '#test/loop.ts';
import { linksOfChange } from '#test/mailed-token.ts';
import { makePeople, makePerson, signIn, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { png } from '../../../test/access/file-things.ts';
import { exportData } from './archive-testing.ts';
import { eraseDueJob } from './job-definitions.ts';
import { everyKey, everyRow } from './whole-testing.ts';

const name = 'Zebulon Quisthammer';
const words = 'my grandmother Ottoline grew this';

suite('erasing a person', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const eraseDue = async () => {
    const { db, jobs } = server.open.deps;
    await inTransaction(db, (tx) => jobs.enqueue(tx, eraseDueJob, {}));
    await server.runJobs();
  };
  const status = async (method: string, path: string, token: string, body?: unknown) => {
    const answer = await server.request(method, path, { token, body });
    return [answer.status, answer.body?.code];
  };

  /** Somebody of whom there is something everywhere: with a certificate, answers, files, a picture, a key, a review. */
  async function makeLearner() {
    const course = await buildCourse(server, people.instructor.token, 'Gardens');
    const learner = await joinCourse(server, course, name);
    await learn(server, course, learner);
    await server.runJobs();
    const certificate = await waitForCertificate(server, learner);
    const { token } = learner;
    await ok(server.put(`/enrollments/${learner.enrollmentId}/review`, { rating: 5, text: words }, token));
    const file = await uploadFile(server, { ...people.student, token }, words, 'Quisthammer.txt');
    const picture = await uploadFile(server, { ...people.student, token }, png, 'me.png');
    await ok(server.put('/me/avatar', { fileId: picture.id }, token));
    const key = await ok(server.post('/me/api-keys', { name, scopes: ['courses:read'] }, token), 201);
    await server.runJobs();
    return { ...learner, certificate, fileId: file.id, apiKey: key.key as string };
  }

  /** Everything in the database, the names of what is in the store, and mails that no mail server took, as text. */
  async function everything(): Promise<string> {
    const { files, config } = server.open.deps;
    const ids = await listOutbox(config, 500);
    const mails = await Promise.all(ids.map((id) => readFromOutbox(config, id)));
    return [...(await everyRow(server.ownerDb)), ...(await everyKey(files)), ...mails.map(String)].join('\n');
  }

  test('after the days of grace nothing in the whole database says who it was, and the certificate is verified without a name', async () => {
    const { files } = server.open.deps;
    const keys = await everyKey(files);
    const learner = await makeLearner();
    const { token } = learner;
    await exportData(server, token);
    const before = await everything();
    const own = (await everyKey(files)).filter((key) => !keys.includes(key));
    const folders = own.map((key) => key.split('/', 1)[0]);
    assert.deepEqual([...new Set(folders)], ['certificates', 'exports', 'files', 'pictures']);
    for (const trace of [name, learner.email, words]) assert.ok(before.includes(trace), trace);
    const wish = await ok(server.post('/me/erasure', undefined, token), 202);
    assert.equal(wish.status, 'pending');
    await eraseDue();
    assert.equal((await server.get('/me', token)).status, 200, 'nothing changes before');
    server.clock.advance({ days: 30 });
    const again = (await server.post('/auth/login', { email: learner.email, password: 'wrong' })).status;
    assert.equal(again, 401);
    await eraseDue();
    const left = await everything();
    for (const trace of [name, 'Quisthammer', learner.email, words, 'Ottoline', learner.apiKey.slice(0, 20)])
      assert.ok(
        !left.includes(trace),
        left.split('\n').find((line) => line.includes(trace)),
      );
    assert.deepEqual(await everyKey(files), keys, 'and no bytes');
    assert.equal((await server.get('/me', token)).status, 401);
    assert.equal((await server.get('/courses', learner.apiKey)).status, 401);
    const verified = await ok(server.get(`/certificates/verify/${learner.certificate.number}`));
    assert.deepEqual([verified.status, verified.learnerName], ['valid', null]);
    const page = await fetch(`${server.address}/verify/${learner.certificate.number}`);
    assert.equal(page.status, 200);
    assert.ok(!(await page.text()).includes('Quisthammer'));
    people = await makePeople(server);
    const pdf = await server.get(`/certificates/${learner.certificate.id}/pdf`, people.admin.token);
    assert.deepEqual([pdf.status, pdf.body.code], [410, 'certificate_nameless']);
    assert.deepEqual(await reissue(learner), [409, 'learner_erased'], 'none is made of nobody');
    const receipt = await ok(server.get(`/erasures/${wish.id}`));
    assert.equal(receipt.status, 'erased');
    assert.ok(receipt.rows.session >= 1 && receipt.rows.certificate === 1 && receipt.rows.app_user === 1);
    assert.ok(!JSON.stringify(receipt).includes(learner.id));
    await eraseDue();
    await checkInvariants(server.open.deps.config.databaseUrl ?? '');
  });

  test('whoever wants the name kept keeps it on the certificate, and nowhere else; why it was revoked goes', async () => {
    const learner = await makeLearner();
    const { id, number } = learner.certificate;
    const why = { reason: `${name} had somebody else do it` };
    await ok(server.post(`/certificates/${id}/revocation`, why, people.admin.token));
    await ok(server.post('/me/erasure', { keepNameOnCertificates: true }, learner.token), 202);
    server.clock.advance({ days: 30 });
    await eraseDue();
    const verified = await ok(server.get(`/certificates/verify/${number}`));
    assert.equal(verified.learnerName, name);
    assert.equal(verified.revocationReason, 'The person was erased.');
    assert.ok(!(await everything()).includes(why.reason));
    const left = (await everything()).split('\n').filter((line) => line.includes(name));
    assert.ok(
      left.length > 0 && left.every((line) => line.startsWith('public.certificate ')),
      left.join('\n'),
    );
    people = await makePeople(server);
    assert.deepEqual(
      await reissue(learner),
      [409, 'learner_erased'],
      'it would say that nobody completed it',
    );
  });

  const reissue = ({ certificate }: { certificate: { id: string } }) =>
    status('POST', `/certificates/${certificate.id}/reissue`, people.admin.token, {});

  test('it can be taken back until then, and asked for anew', async () => {
    const person = await makePerson(server, 'student');
    const first = await ok(server.post('/me/erasure', {}, person.token), 202);
    assert.deepEqual(await status('POST', '/me/erasure', person.token, {}), [409, 'erasure_pending']);
    assert.equal((await ok(server.get('/me/erasure', person.token))).id, first.id);
    assert.deepEqual(await status('DELETE', '/me/erasure', person.token), [204, undefined]);
    assert.deepEqual(await status('GET', '/me/erasure', person.token), [404, 'not_found']);
    assert.equal((await ok(server.get(`/erasures/${first.id}`))).status, 'cancelled');
    server.clock.advance({ days: 31 });
    await eraseDue();
    const { token } = await signIn(server, person.email, person.password);
    await ok(server.post('/me/erasure', {}, token), 202);
    people = await makePeople(server);
  });

  test('nobody leaves a course without an owner or the institution without an admin, also by the day it is due', async () => {
    const teacher = await makePerson(server, 'instructor');
    const course = await ok(server.post('/courses', { title: 'Mine' }, teacher.token), 201);
    const refused = await server.post('/me/erasure', {}, teacher.token);
    assert.deepEqual([refused.status, refused.body.code], [409, 'last_owner']);
    assert.deepEqual(refused.body.errors[0].params, { courseId: course.id });
    const heir = { role: 'owner' };
    await ok(server.put(`/courses/${course.id}/staff/${people.instructor.id}`, heir, teacher.token));
    const wish = await ok(server.post('/me/erasure', {}, teacher.token), 202);
    await ok(server.delete(`/courses/${course.id}/staff/${people.instructor.id}`, teacher.token), 204);
    server.clock.advance({ days: 30 });
    await eraseDue();
    assert.equal((await ok(server.get(`/erasures/${wish.id}`))).status, 'pending');
    assert.ok(server.log.some(({ code }) => code === 'last_owner'));
    people = await makePeople(server);
  });

  test('an erasure that a thief of the account asked for goes with the change of address; one from before stays', async () => {
    const wish = async (isBefore: boolean) => {
      const person = await makePerson(server, 'student');
      if (isBefore) await ok(server.post('/me/erasure', {}, person.token), 202);
      server.clock.advance({ seconds: 1 });
      const change = { email: `thief-${person.email}` };
      await ok(server.post('/me/email-changes', change, person.token), 202);
      if (!isBefore) await ok(server.post('/me/erasure', {}, person.token), 202);
      const { undoToken } = await linksOfChange(server, person.id);
      await ok(server.delete(`/auth/email-changes/${undoToken}`), 204);
      const { token } = await signIn(server, people.admin.email, people.admin.password);
      return status('DELETE', `/users/${person.id}/erasure`, token);
    };
    assert.deepEqual(await wish(false), [404, 'not_found']);
    assert.deepEqual(await wish(true), [204, undefined]);
  });

  test('who manages people has only those erased who may do no more than they', async () => {
    const [manager, victim] = [await makePerson(server, 'student'), await makePerson(server, 'student')];
    const role = await ok(
      server.post('/roles', { name: 'Manager', permissions: ['users.manage'] }, people.admin.token),
      201,
    );
    await ok(server.put(`/roles/${role.id}/members/${manager.id}`, undefined, people.admin.token), 204);
    const path = (id: string) => `/users/${id}/erasure`;
    assert.deepEqual(await status('POST', path(people.admin.id), manager.token), [
      403,
      'permission_not_held',
    ]);
    assert.deepEqual(await status('POST', path(victim.id), manager.token), [202, undefined]);
    assert.deepEqual(await status('DELETE', path(victim.id), manager.token), [204, undefined]);
  });
});
