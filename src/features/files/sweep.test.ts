import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import sharp from 'sharp';
import { makePublishedCourse } from '#test/courses.ts';
import { plant, storedKeys, uploadFile } from '#test/files.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { newId } from '#platform/ids.ts';
import { sweep } from './commands/sweep.ts';

suite('the sweep of files', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer({ config: { fileUnusedDays: 7, accessTokenExpireMinutes: 1_440 } });
    people = await makePeople(server);
  });
  after(() => server.stop());

  const { signal } = new AbortController();
  const run = () => sweep(server.open.deps, signal);
  const isThere = async (id: string) =>
    (await server.open.deps.db.selectFrom('file').select('id').where('id', '=', id).execute()).length === 1;

  test('what was never used goes after the days of grace, what is used stays, what was used has days of its own', async () => {
    const { instructor } = people;
    const { lessons } = await makePublishedCourse(server, instructor, { texts: 1 });
    const path = `/lessons/${lessons[0].id}/attachments`;
    const unused = await uploadFile(server, instructor, 'unused');
    const used = await uploadFile(server, instructor, 'used');
    const detached = await uploadFile(server, instructor, 'detached');
    await server.post(path, { fileId: used.id }, instructor.token);
    const { body } = await server.post(path, { fileId: detached.id }, instructor.token);
    server.clock.advance({ days: 6 });
    assert.equal((await run()).unusedFiles, 0);
    const session = await server.post('/auth/login', {
      email: instructor.email,
      password: instructor.password,
    });
    await server.delete(`${path}/${body.id}`, session.body.accessToken);
    server.clock.advance({ days: 2 });
    assert.equal((await run()).unusedFiles, 1);
    assert.deepEqual(await Promise.all([unused, used, detached].map(({ id }) => isThere(id))), [
      false,
      true,
      true,
    ]);
    server.clock.advance({ days: 8 });
    assert.equal((await run()).unusedFiles, 1);
    assert.deepEqual(await Promise.all([used, detached].map(({ id }) => isThere(id))), [true, false]);
    assert.deepEqual(await run(), { unusedFiles: 0, unusedPictures: 0, unnamedKeys: 0, missingFiles: 0 });
    const rows = await server.open.deps.db.selectFrom('file').select('store_key').execute();
    const keys = rows.map(({ store_key }) => store_key);
    assert.deepEqual(await storedKeys(server), keys, 'nothing else is in the store');
  });

  test('bytes that no row names go, as after an upload that was cut short; young ones may be of an upload', async () => {
    const before = await storedKeys(server);
    await plant(server, `files/${newId()}`, 'left over');
    await plant(server, `pictures/${newId()}-small`, 'left over');
    await server.open.deps.files.put(
      `certificates/${newId()}`,
      (await import('node:stream')).Readable.from(['x']),
      {
        contentType: 'application/pdf',
      },
    );
    const now = new Date();
    server.clock.advance({ ms: now.getTime() - server.clock.now().getTime() });
    assert.equal((await run()).unnamedKeys, 0);
    server.clock.advance({ days: 3 });
    assert.equal((await run()).unnamedKeys, 2);
    assert.deepEqual(await storedKeys(server), before);
    assert.equal(
      (await Array.fromAsync(server.open.deps.files.list('certificates/'))).length,
      1,
      'others’ stay',
    );
  });

  test('pictures in use stay, and those of nobody go', async () => {
    const { token } = await server.registerStudent();
    const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#0f0' } })
      .png()
      .toBuffer();
    const { id } = await uploadFile(server, { token }, png);
    const { body } = await server.put('/me/avatar', { fileId: id }, token);
    const { db } = server.open.deps;
    const lost = newId();
    await db
      .insertInto('picture')
      .values({ id: lost, kind: 'avatar', created_at: server.clock.now() })
      .execute();
    await plant(server, `pictures/${lost}-large`, 'x');
    server.clock.advance({ days: 3 });
    assert.equal((await run()).unusedPictures, 1);
    const left = await db.selectFrom('picture').select('id').execute();
    assert.deepEqual(left, [{ id: body.id }]);
    const keys = (await storedKeys(server)).filter((key) => key.startsWith('pictures/'));
    assert.deepEqual(
      keys,
      ['large', 'medium', 'small'].map((size) => `pictures/${body.id}-${size}`),
    );
  });

  test('a file whose bytes are gone or cut is reported, and left for a person', async () => {
    const { token } = await server.registerStudent();
    const { db, files } = server.open.deps;
    const [gone, cut] = [
      await uploadFile(server, { token }, 'gone'),
      await uploadFile(server, { token }, 'cut off'),
    ];
    const keyOf = async (id: string) =>
      (await db.selectFrom('file').select('store_key').where('id', '=', id).executeTakeFirstOrThrow())
        .store_key;
    await files.remove(await keyOf(gone.id));
    await plant(server, await keyOf(cut.id), 'cut');
    assert.equal((await run()).missingFiles, 2);
    const reported = server.log.filter(({ message }) => message === 'files: content is missing');
    assert.deepEqual(new Set(reported.map(({ fileId }) => fileId)), new Set([gone.id, cut.id]));
    assert.ok(await isThere(gone.id));
  });
});
