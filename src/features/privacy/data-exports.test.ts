import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { newId } from '#platform/ids.ts';
import { plant, uploadFile } from '#test/files.ts';
import { checkInvariants } from '#test/invariants.ts';
import { buildCourse, joinCourse, learn, ok, waitForCertificate } from '#test/loop.ts';
import { makePeople, makePerson, signIn, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { png } from '../../../test/access/file-things.ts';
import { exportData, linkOf, readArchive, rowsIn } from './archive-testing.ts';
import { makeExport } from './commands/make-export.ts';
import { eraseDueJob, purgeExportsJob } from './job-definitions.ts';

const calm = { signal: new AbortController().signal, isLastAttempt: false };

suite('an export of all of a person’s data', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer({ config: { frontendUrl: 'https://front.example.edu' } });
    people = await makePeople(server);
  });
  after(() => server.stop());

  const archives = async () =>
    (await Array.fromAsync(server.open.deps.files.list('exports/'))).map(({ key }) => key);
  const keyOf = async (id: string) => {
    const [row] = await runSql<{ key: string }>(
      server.open.deps.db,
      'select store_key as key from data_export where id = $1',
      [id],
    );
    return row?.key ?? '';
  };
  const statusOf = async (address: string) => (await fetch(address)).status;
  const runJob = async (job: typeof purgeExportsJob | typeof eraseDueJob) => {
    const { db, jobs } = server.open.deps;
    await inTransaction(db, (tx) => jobs.enqueue(tx, job, {}));
    await server.runJobs();
  };

  test('has what they learned, their files as they were, and their certificate, and nothing of who graded them', async () => {
    const course = await buildCourse(server, people.instructor.token, 'Orchards');
    const learner = await joinCourse(server, course, 'Zebulon Quisthammer');
    const { token } = learner;
    await learn(server, course, learner);
    await server.runJobs();
    const certificate = await waitForCertificate(server, learner);
    await ok(server.put(`/enrollments/${learner.enrollmentId}/review`, { rating: 5, text: 'Ripe.' }, token));
    const file = await uploadFile(server, { token }, 'what I wrote', 'Notes ünd more.txt');
    const picture = await uploadFile(server, { token }, png, 'me.png');
    await ok(server.put('/me/avatar', { fileId: picture.id }, token));
    const others = await uploadFile(server, people.student, 'of somebody else', 'theirs.txt');

    const made = await exportData(server, token);
    const archive = await readArchive(server, made.id, token);
    assert.equal(rowsIn(archive, 'app_user')[0]?.name, 'Zebulon Quisthammer');
    assert.equal(rowsIn(archive, 'enrollment')[0]?.courseTitle, 'Orchards');
    assert.equal(rowsIn(archive, 'lesson_progress').length, 3);
    const [attempt] = rowsIn(archive, 'attempt');
    assert.equal(attempt?.questions.length, 5);
    assert.ok(attempt?.questions.every(({ prompt }: { prompt: string }) => prompt.length > 0));
    assert.doesNotMatch(archive['data/attempt.json']?.toString() ?? '', /isCorrect|Milky Way|8\.3|sourceId/);
    assert.ok(rowsIn(archive, 'attempt_answer').some(({ isCorrect }) => isCorrect === true));
    assert.equal(archive[`files/${file.id} Notes ünd more.txt`]?.toString(), 'what I wrote');
    assert.ok((archive['files/picture.webp']?.length ?? 0) > 20);
    const pdf = archive[`certificates/${certificate.id} ${certificate.number}.pdf`];
    assert.equal(pdf?.subarray(0, 5).toString(), '%PDF-');
    const whole = Object.values(archive).map(String).join('\n');
    for (const trace of [people.instructor.id, people.instructor.name, others.id, 'of somebody else'])
      assert.ok(!whole.includes(trace), trace);
    assert.match(archive['README.txt']?.toString() ?? '', /Your data at/);
    const about = JSON.parse(archive['about.json']?.toString() ?? '');
    assert.deepEqual(about.files.missing, []);
    assert.equal(about.data['data/review.json'].columns.rating, 'stars');
    await checkInvariants(server.open.deps.config.databaseUrl ?? '');
  });

  test('speaks the language of the person, and a mail leads to it that opens nothing by itself', async () => {
    const { token, id } = await makePerson(server, 'student');
    await ok(server.request('PATCH', '/me', { token, body: { locale: 'de-AT' } }));
    const made = await exportData(server, token);
    assert.match(
      (await readArchive(server, made.id, token))['README.txt']?.toString() ?? '',
      /Ihre Daten bei/,
    );
    const [mail] = await runSql<{ kind: string; params: object }>(
      server.open.deps.db,
      `select kind, params from mail where user_id = $1 and kind <> 'welcome'`,
      [id],
    );
    assert.deepEqual(mail, { kind: 'dataExport', params: { exportId: made.id } });
  });

  test('quizzes that keep their answers to themselves keep them in the export, but for the points in all', async () => {
    const course = await buildCourse(server, people.instructor.token, 'Silence');
    const settings = { passingPercent: 70, showResults: 'never' };
    await ok(server.put(`/lessons/${course.quizLessonId}/quiz`, settings, people.instructor.token));
    const learner = await joinCourse(server, course, 'Silent Learner');
    await learn(server, course, learner).catch(() => {});
    const made = await exportData(server, learner.token);
    const archive = await readArchive(server, made.id, learner.token);
    const answers = rowsIn(archive, 'attempt_answer');
    assert.ok(answers.length > 0);
    assert.ok(
      answers.every((each) => each.isCorrect === null && each.points === null && each.response !== null),
    );
    assert.ok(rowsIn(archive, 'attempt').every(({ percent }) => percent !== null));
  });

  test('of two wishes at once one is taken, after three it is another day, and only after a sign-in of late', async () => {
    const { token, email, password } = await makePerson(server, 'student');
    const ask = () => server.post('/me/data-exports', undefined, token);
    const both = await Promise.all([ask(), ask()]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [202, 409]);
    assert.equal(both.find(({ status }) => status === 409)?.body.code, 'data_export_pending');
    await server.runJobs();
    await exportData(server, token);
    await exportData(server, token);
    const fourth = await ask();
    assert.deepEqual([fourth.status, fourth.body.code], [429, 'rate_limited']);
    assert.ok(Number(fourth.headers.get('retry-after')) > 80_000);
    assert.equal((await ok(server.get('/me/data-exports', token))).items.length, 3);
    server.clock.advance({ days: 1, minutes: 1 });
    const stale = await signIn(server, email, password);
    assert.equal((await server.post('/me/data-exports', undefined, stale.token)).status, 202);
    await server.runJobs();
    server.clock.advance({ minutes: 15, seconds: -1 });
    const refreshed = await ok(server.post('/auth/refresh', { refreshToken: stale.refreshToken }));
    server.clock.advance({ seconds: 1 });
    const late = await server.post('/me/data-exports', undefined, refreshed.accessToken);
    assert.deepEqual([late.status, late.body.code], [403, 'step_up_required']);
    people = await makePeople(server);
  });

  test('there is one archive a person, the newest, until its days are over; then the address says so', async () => {
    const person = await makePerson(server, 'student');
    const before = await archives();
    const first = await exportData(server, person.token);
    const second = await exportData(server, person.token);
    assert.equal((await archives()).length, before.length + 1);
    const gone = await server.post(`/me/data-exports/${first.id}/links`, undefined, person.token);
    assert.deepEqual([gone.status, gone.body.code], [410, 'data_export_expired']);
    server.clock.advance({ days: 7, minutes: -1 });
    const again = await signIn(server, person.email, person.password);
    await runJob(purgeExportsJob);
    const address = await linkOf(server, second.id, again.token);
    assert.equal(await statusOf(address), 200);
    server.clock.advance({ minutes: 1 });
    assert.equal(await statusOf(address), 401);
    await runJob(purgeExportsJob);
    assert.deepEqual(await archives(), []);
    assert.equal((await ok(server.get(`/me/data-exports/${second.id}`, again.token))).status, 'expired');
    people = await makePeople(server);
  });

  test('attack: the export of another person does not exist, to read or to have an address made of', async () => {
    const [owner, thief] = [await makePerson(server, 'student'), await makePerson(server, 'student')];
    const made = await exportData(server, owner.token);
    for (const token of [thief.token, people.admin.token]) {
      assert.equal((await server.get(`/me/data-exports/${made.id}`, token)).status, 404);
      assert.equal((await server.post(`/me/data-exports/${made.id}/links`, undefined, token)).status, 404);
    }
    const own = await exportData(server, thief.token);
    const address = await linkOf(server, own.id, thief.token);
    assert.equal(await statusOf(address.replace(own.id, made.id)), 401, 'a ticket is for one export');
    assert.equal((await server.get(`/data-exports/${made.id}/content`, thief.token)).status, 401);
    const file = await uploadFile(server, owner, 'mine');
    const ticket = new URL(file.contentUrl).searchParams.get('ticket');
    assert.equal(await statusOf(`${server.baseUrl}/data-exports/${file.id}/content?ticket=${ticket}`), 401);
  });

  test('attack: an address opens nothing after its hour, and nothing once its person is signed out, deactivated or erased', async () => {
    const owner = await makePerson(server, 'student');
    const made = await exportData(server, owner.token);
    const late = await linkOf(server, made.id, owner.token);
    const link = await ok(server.post(`/me/data-exports/${made.id}/links`, undefined, owner.token), 201);
    assert.equal(Date.parse(link.expiresAt) - server.clock.now().getTime(), 3_600_000);
    server.clock.advance({ minutes: 60 });
    assert.equal(await statusOf(late), 401);

    const signedOut = await signIn(server, owner.email, owner.password);
    const ofSignedOut = await linkOf(server, made.id, signedOut.token);
    assert.equal(await statusOf(ofSignedOut), 200);
    await ok(server.post('/auth/logout', {}, signedOut.token), 204);
    assert.equal(await statusOf(ofSignedOut), 401);

    people = await makePeople(server);
    const deactivated = await signIn(server, owner.email, owner.password);
    const ofDeactivated = await linkOf(server, made.id, deactivated.token);
    await ok(server.delete(`/users/${owner.id}`, people.admin.token), 204);
    assert.equal(await statusOf(ofDeactivated), 401);

    const erased = await makePerson(server, 'student');
    const ofErased = await exportData(server, erased.token);
    const address = await linkOf(server, ofErased.id, erased.token);
    await ok(server.post('/me/erasure', undefined, erased.token), 202);
    server.clock.advance({ days: 30 });
    const key = await keyOf(ofErased.id);
    assert.ok((await archives()).includes(key));
    await runJob(eraseDueJob);
    assert.equal(await statusOf(address), 401);
    assert.ok(!(await archives()).includes(key), 'erasing takes the archive with it');
    people = await makePeople(server);
  });

  test('attack: an address opens nothing of an account or an archive whose time is over, whatever still stands', async () => {
    const owner = await makePerson(server, 'student');
    const made = await exportData(server, owner.token);
    const address = await linkOf(server, made.id, owner.token);
    assert.equal(await statusOf(address), 200);
    const { db, clock } = server.open.deps;
    const since = [clock.now(), owner.id];
    await runSql(db, 'update app_user set deactivated_at = $1 where id = $2', since);
    assert.equal(await statusOf(address), 401, 'with a session that was not ended');
    await runSql(db, 'update app_user set deactivated_at = null where id = $1', [owner.id]);
    assert.equal(await statusOf(address), 200);
    await runSql(db, 'update data_export set expires_at = $1 where user_id = $2', since);
    assert.equal(await statusOf(address), 401, 'with a ticket that goes on');
  });

  test('attack: a file whose name leads out of the folder, or ends a line, stands in the folder under a plain name', async () => {
    const owner = await makePerson(server, 'student');
    const names = [
      '../../etc/cron.d/x',
      '/etc/passwd',
      'C:\\Windows\\x.dll',
      'a\r\nset-cookie: x',
      '..',
      'CON',
    ];
    for (const name of names) {
      const { id } = await uploadFile(server, owner, name, 'plain.txt');
      // Behind the back of what cleans names as they come.
      await runSql(server.open.deps.db, 'update file set name = $1 where id = $2', [name, id]);
    }
    const made = await exportData(server, owner.token);
    const answer = await fetch(await linkOf(server, made.id, owner.token));
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      /^attachment; filename="data-export-[\d-]{10}\.zip"; filename\*=UTF-8''data-export-[\d-]{10}\.zip$/,
    );
    assert.equal(answer.headers.get('cache-control'), 'private, no-store');
    const archive = await readArchive(server, made.id, owner.token);
    const found = Object.keys(archive).filter((name) => name.startsWith('files/'));
    assert.equal(found.length, names.length);
    for (const name of Object.keys(archive)) {
      assert.match(name, /^(?:README\.txt|about\.json|(?:data|files|certificates)\/[^/\\]+)$/);
      assert.doesNotMatch(name, /\.\.|\p{Cc}|:|^files\/[^0-9a-f]/u);
    }
  });

  test('an archive is read by ranges, and each beginning is in the trail with the wish and the address', async () => {
    const owner = await makePerson(server, 'student');
    const made = await exportData(server, owner.token);
    const address = await linkOf(server, made.id, owner.token);
    const whole = Buffer.from(await (await fetch(address)).arrayBuffer());
    assert.equal(whole.length, made.sizeBytes);
    const half = await fetch(address, { headers: { range: `bytes=${whole.length - 100}-` } });
    assert.equal(half.status, 206);
    assert.deepEqual(Buffer.from(await half.arrayBuffer()), whole.subarray(-100));
    assert.equal((await fetch(address, { method: 'HEAD' })).status, 200);
    const entries = await runSql<{ action: string; actor_id: string; person_id: string }>(
      server.open.deps.db,
      'select action, actor_id, person_id from audit_entry where target_id = $1 order by at, id',
      [made.id],
    );
    const by = { actor_id: owner.id, person_id: owner.id };
    assert.deepEqual(
      entries.map((each) => ({ ...each })),
      ['requested', 'linked', 'downloaded'].map((verb) => ({ action: `data_export.${verb}`, ...by })),
    );
  });

  test('a run that comes again after its archive was written leaves one, and so do two at once', async () => {
    const owner = await makePerson(server, 'student');
    const { deps } = server.open;
    const earlier = await archives();
    const [id] = await askQuietly(server, owner.id);
    // As a run leaves it that is killed between the archive and the end.
    const left = `exports/${newId()}`;
    await plant(server, left, 'whole, and of nobody');
    await runSql(deps.db, 'update data_export set store_key = $1 where id = $2', [left, id]);
    await Promise.all([
      makeExport(deps, { exportId: id }, calm),
      makeExport(deps, { exportId: id }, calm),
      makeExport(deps, { exportId: id }, calm),
    ]);
    assert.equal((await archives()).length, earlier.length + 1);
    await makeExport(deps, { exportId: id }, calm);
    assert.equal((await archives()).length, earlier.length + 1);
    const archive = await readArchive(server, id, owner.token);
    assert.ok(archive['data/app_user.json']);
    const mails = await runSql(deps.db, 'select from event where type = $1 and data ->> $2 = $3', [
      'data_export.ready',
      'exportId',
      id,
    ]);
    assert.equal(mails.length, 1);
  });

  test('a run that is overtaken while it writes leaves the archive to the other', async () => {
    const owner = await makePerson(server, 'student');
    const { deps } = server.open;
    const earlier = await archives();
    const [exportId] = await askQuietly(server, owner.id);
    const [isWriting, isOver] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const put = deps.files.put.bind(deps.files);
    const second = async () => {
      const slow: typeof put = async (...given) => {
        isWriting.resolve();
        await isOver.promise;
        return put(...given);
      };
      await makeExport({ ...deps, files: { ...deps.files, put: slow } }, { exportId }, calm);
    };
    let overtaking = Promise.resolve();
    const overtaken: typeof put = async (...given) => {
      const stored = await put(...given);
      overtaking = second();
      await isWriting.promise;
      return stored;
    };
    await makeExport({ ...deps, files: { ...deps.files, put: overtaken } }, { exportId }, calm);
    isOver.resolve();
    await overtaking;
    assert.ok((await readArchive(server, exportId, owner.token))['data/app_user.json']);
    assert.equal((await archives()).length, earlier.length + 1);
  });

  test('one that was cancelled, or that fails for good, leaves nothing in the store', async () => {
    const owner = await makePerson(server, 'student');
    const { deps } = server.open;
    const earlier = await archives();
    const [failing] = await askQuietly(server, owner.id);
    const broken = {
      ...deps,
      files: { ...deps.files, read: () => Promise.reject(new Error('The disk is on fire.')) },
    };
    await uploadFile(server, owner, 'something');
    await assert.rejects(
      makeExport(broken, { exportId: failing }, { ...calm, isLastAttempt: true }),
      /on fire/,
    );
    assert.equal((await ok(server.get(`/me/data-exports/${failing}`, owner.token))).status, 'failed');
    const [cancelled, taskId] = await askQuietly(server, owner.id);
    const cancelling = {
      ...deps,
      files: {
        ...deps.files,
        read: async (key: string) => {
          await ok(server.delete(`/tasks/${taskId}`, owner.token), 204);
          return deps.files.read(key);
        },
      },
    };
    await makeExport(cancelling, { exportId: cancelled }, calm);
    assert.equal((await ok(server.get(`/me/data-exports/${cancelled}`, owner.token))).status, 'cancelled');
    assert.deepEqual(await archives(), earlier);
  });
});

/** Makes the rows of an export without its job, which the test runs by hand. */
async function askQuietly(server: TestServer, userId: string): Promise<[id: string, taskId: string]> {
  const { db, clock } = server.open.deps;
  const [row] = await runSql<{ id: string; task_id: string }>(
    db,
    `with made as (
       insert into task (id, kind, owner_id, subject_id, status, created_at, updated_at)
       values (gen_random_uuid(), 'privacy.export', $1, gen_random_uuid(), 'queued', $2, $2) returning id, subject_id)
     insert into data_export (id, user_id, task_id, requested_at)
     select subject_id, $1, id, $2 from made returning id, task_id`,
    [userId, clock.now()],
  );
  assert.ok(row);
  return [row.id, row.task_id];
}
