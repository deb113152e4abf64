import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { findArchive } from '#features/backups/commands/find-archive.ts';
import { takeBackup } from '#features/backups/commands/take-backup.ts';
import { backupJob, verifyBackupJob } from '#features/backups/job-definitions.ts';
import { readArchive } from '#platform/backup/read-archive.ts';
import type { Setting } from '#platform/config/setting.ts';
import { settings } from '#platform/config/settings.ts';
import { createClient } from '#test/client.ts';
import { dropDatabase } from '#test/database.ts';
import { mountDisk } from '#test/disk.ts';
import { checksumsBelow, contentOf, newFolder, uploadBytes } from '#test/faults/backup/contents.ts';
import {
  backupKey,
  fill,
  goOn,
  newPlace,
  readFeed,
  refuses,
  signIn,
  succeeds,
} from '#test/faults/backup/drill.ts';
import { startLearning } from '#test/faults/learning.ts';
import { makeSystem } from '#test/faults/system.ts';
import { waitForInvariants, withClient } from '#test/invariants.ts';
import { buildCourse } from '#test/loop.ts';
import { clientIsMissing, provideClient } from '#test/postgres-client.ts';
import { startPostgres } from '#test/postgres.ts';
import { runCommand, startProgram } from '#test/program.ts';
import { startTestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

const never = new AbortController().signal;
const clientPath = provideClient();
const isRoot = process.getuid?.() === 0;

/** Counts the transactions of the server on, as one does that has been used for long. */
async function age(url: string): Promise<void> {
  await withClient(url, (client) =>
    client.query('do $$ begin for i in 1..5000 loop perform pg_current_xact_id(); commit; end loop; end $$'),
  );
}

async function scratchesOf(url: string): Promise<string[]> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ datname: string }>(
      `select datname from pg_database where datname like current_database() || '\\_verify\\_%'`,
    ),
  );
  return rows.map(({ datname }) => datname);
}

suite('backups of a database by pg_dump', { skip: clientPath === undefined && clientIsMissing }, () => {
  test('everything is destroyed and brought back: rows, files, certificates, events; and learners go on', async (t) => {
    const place = newPlace(t, clientPath ?? '');
    const system = await makeSystem(t, undefined, place.env);
    const env = { ...place.env, ...system.env };
    const url = env.DATABASE_URL;
    await age(url);
    const worker = await startProgram(t, ['worker'], { env });
    const api = createClient(system.api.baseUrl);
    const course = await buildCourse(api, system.teacherToken, 'Backed up');
    const { learners, fileId } = await fill(system.api.baseUrl, course, system.teacherToken);
    const eventIds = await readFeed(api, system.adminToken);

    // Under load: what it holds is consistent, whenever it was made.
    const learning = startLearning(api, course, { atATime: 6 });
    const said = await succeeds(t, ['backup'], env);
    assert.match(said, /^Made lms-\d{8}t\d{6}z\.age: \d+ bytes in/);
    assert.match(await succeeds(t, ['restore', 'latest', '--verify'], env), /can be restored/);
    assert.deepEqual(await scratchesOf(url), []);
    learners.push(...(await learning.stop()));
    await waitForInvariants(url, 60_000);
    await worker.stop();
    await system.api.stop();

    await succeeds(t, ['backup'], env);
    const before = { rows: await contentOf(url), files: checksumsBelow(place.uploads) };
    await dropDatabase(process.env['TEST_DATABASE_URL'] ?? '', path.basename(new URL(url).pathname));
    rmSync(place.uploads, { recursive: true });
    // A new server, which has counted fewer transactions.
    const { url: newUrl } = await startPostgres(t);
    const newEnv = { ...env, DATABASE_URL: newUrl };
    assert.match(await succeeds(t, ['restore', 'latest'], newEnv), /is restored/);
    assert.deepEqual(await contentOf(newUrl), before.rows);
    assert.deepEqual(checksumsBelow(place.uploads), before.files);
    assert.ok(Object.keys(before.files).length >= 3 + learners.length);

    const again = await startProgram(t, ['api'], { env: newEnv });
    const worked = await startProgram(t, ['worker'], { env: newEnv });
    const renewed = createClient(again.baseUrl);
    const adminToken = await signIn(renewed, 'root@example.com', 'the-first-admin-pass');
    const found = await readFeed(renewed, adminToken);
    assert.deepEqual(
      found.slice(0, eventIds.length).toSorted(),
      eventIds.toSorted(),
      'events are not hidden',
    );
    await goOn(again.baseUrl, course, learners.slice(0, 3));
    const teacherToken = await signIn(renewed, 'teacher@example.com', 'a-teachers-phrase');
    assert.equal((await renewed.get(`/files/${fileId}/content`, teacherToken)).status, 200);
    await waitForInvariants(newUrl, 60_000);
    await worked.stop();
    await again.stop();
    t.diagnostic(
      `${learners.length} learners, ${found.length} events, ${Object.keys(before.files).length} files`,
    );
  });

  test('a wrong key, a cut archive, a changed byte, a system in use: refused in one line, and nothing is changed', async (t) => {
    const place = newPlace(t, clientPath ?? '');
    const system = await makeSystem(t, undefined, place.env);
    const env = { ...place.env, ...system.env };
    const url = env.DATABASE_URL;
    await uploadBytes(system.api.baseUrl, system.teacherToken, 400_000);
    await succeeds(t, ['backup'], env);
    const [name = ''] = readdirSync(place.backups);
    await refuses(t, ['restore', name, '--force'], env, /The system runs on this database/);
    await system.api.stop();
    const [content, files] = [await contentOf(url), checksumsBelow(place.uploads)];
    await refuses(t, ['restore', name], env, /The database has 2 people in it.*--force/);

    const bytes = readFileSync(path.join(place.backups, name));
    const broken = path.join(newFolder(t), 'broken.age');
    const other = { ...env, BACKUP_KEY: backupKey.replace('dk3m', 'DK3M') };
    for (const args of [['--force'], ['--verify']]) {
      await refuses(t, ['restore', name, ...args], other, /BACKUP_KEY does not open this archive/);
      for (const size of [0, 100, 70_000, Math.floor(bytes.length / 2), bytes.length - 1]) {
        writeFileSync(broken, bytes);
        truncateSync(broken, size);
        await refuses(t, ['restore', broken, ...args], env, /archive/);
      }
      const flipped = Buffer.from(bytes);
      flipped[bytes.length - 300_000]! ^= 4;
      writeFileSync(broken, flipped);
      await refuses(t, ['restore', broken, ...args], env, /damaged or was cut off/);
    }
    await refuses(t, ['restore', 'lms-20200101t000000z.age'], env, /There is no backup/);
    await refuses(
      t,
      ['restore', name, '--force'],
      { ...env, PATH: '/nowhere' },
      /There is no (?:pg_restore|psql) on the PATH/,
    );
    assert.deepEqual(await contentOf(url), content);
    assert.deepEqual(checksumsBelow(place.uploads), files);
    assert.deepEqual(await scratchesOf(url), []);

    const renewed = { ...env, BACKUP_KEY: other.BACKUP_KEY, BACKUP_KEY_PREVIOUS: backupKey };
    await withClient(url, (client) => client.query(`update app_user set name = 'somebody else'`));
    await succeeds(t, ['restore', name, '--force'], renewed);
    assert.deepEqual(await contentOf(url), content, 'with the previous key, over what was there');
  });

  test(
    'no pg_dump, an older one, a full disk: one line, no half backup',
    { skip: !isRoot && 'only root may mount a disk' },
    async (t) => {
      const place = newPlace(t, clientPath ?? '');
      const system = await makeSystem(t, undefined, place.env);
      const env = { ...place.env, ...system.env };
      await uploadBytes(system.api.baseUrl, system.teacherToken, 6_000_000);
      await refuses(t, ['backup'], { ...env, PATH: '/nowhere' }, /There is no pg_dump on the PATH/);
      const old = newFolder(t);
      writeFileSync(path.join(old, 'pg_dump'), '#!/bin/sh\necho "pg_dump (PostgreSQL) 15.9"\n', {
        mode: 0o755,
      });
      await refuses(
        t,
        ['backup'],
        { ...env, PATH: `${old}:${clientPath}` },
        /PostgreSQL 17, and pg_dump on the PATH is of 15/,
      );
      const disk = mountDisk(t, 4);
      await refuses(t, ['backup'], { ...env, BACKUP_DIR: disk }, /disk is full/);
      assert.deepEqual(readdirSync(disk), []);
      assert.deepEqual(readdirSync(place.backups), []);
      await succeeds(t, ['backup'], env);
    },
  );

  test('kill -9 of the worker amid a backup: it is made again, and one whole archive is there', async (t) => {
    const place = newPlace(t, clientPath ?? '');
    const system = await makeSystem(t, undefined, place.env);
    const env = { ...place.env, ...system.env };
    for (let count = 0; count < 6; count += 1)
      await uploadBytes(system.api.baseUrl, system.teacherToken, 20_000_000);
    const server = await startTestServer({ databaseUrl: env.DATABASE_URL });
    t.after(() => server.stop());
    const { db, jobs } = server.open.deps;
    await db.transaction().execute((tx) => jobs.enqueue(tx, backupJob, {}));
    const worker = await startProgram(t, ['worker'], { env });
    await waitFor('a backup is being written', () =>
      readdirSync(place.backups).some((name) => name.endsWith('.part')),
    );
    await worker.kill();
    assert.ok(
      readdirSync(place.backups).every((name) => name.endsWith('.part')),
      'nothing has its name yet',
    );
    const next = await startProgram(t, ['worker'], { env });
    const runs = () => db.selectFrom('backup_run').select(['outcome']).orderBy('started_at').execute();
    await waitFor('it is made', async () => (await runs()).at(-1)?.outcome === 'succeeded', 90_000);
    assert.deepEqual(
      (await runs()).map(({ outcome }) => outcome),
      ['interrupted', 'succeeded'],
    );
    await next.stop();
    const names = readdirSync(place.backups);
    assert.equal(names.length, 1, names.join());
    assert.match(await succeeds(t, ['restore', 'latest', '--verify'], env), /can be restored/);
    await system.api.stop();
  });

  test('data that is not consistent is restored, and said to be so: by status, line, figure and the weekly job', async (t) => {
    const place = newPlace(t, clientPath ?? '');
    const system = await makeSystem(t, undefined, place.env);
    const env = { ...place.env, ...system.env };
    await uploadBytes(system.api.baseUrl, system.teacherToken, 1_000);
    const file = Object.keys(checksumsBelow(place.uploads)).find((name) => name.startsWith('files/')) ?? '';
    rmSync(path.join(place.uploads, file));
    await withClient(env.DATABASE_URL, (client) =>
      client.query(`alter table event disable trigger user;
        delete from event where type = 'user.registered';
        alter table event enable trigger user`),
    );
    await succeeds(t, ['backup'], env);
    const { code, stdout, stderr } = await runCommand(t, ['restore', 'latest', '--verify'], { env });
    assert.equal(code, 1);
    assert.match(stdout, /can be restored/);
    assert.equal(
      stderr,
      'The restored data is not consistent:\n' +
        '- each account was announced once: not so for 2 rows\n' +
        '- every file has the bytes that it had: not so for 1 rows\n',
    );
    assert.deepEqual(await scratchesOf(env.DATABASE_URL), []);

    const server = await startTestServer({ databaseUrl: env.DATABASE_URL });
    t.after(() => server.stop());
    const { db, jobs } = server.open.deps;
    await db.transaction().execute((tx) => jobs.enqueue(tx, verifyBackupJob, {}));
    const worker = await startProgram(t, ['worker'], { env });
    const failures = () =>
      db.selectFrom('backup_run').select(['outcome', 'error']).where('kind', '=', 'verification').execute();
    const failure = { outcome: 'failed', error: 'each account was announced once' };
    await waitFor('the job has ended', async () => (await failures())[1]?.outcome === 'failed', 60_000);
    assert.deepEqual((await failures()).slice(0, 2), [failure, failure]);
    await waitFor('the job says why', async () => {
      const [job] = await server.open.engine.boss.findJobs('maintenance', {
        data: { job: 'backups.verify' },
      });
      return /^The backup .* is not consistent: each account/.test(
        (job?.output as { message?: string } | null)?.message ?? '',
      );
    });
    await worker.stop();
    const figures = await server.open.metrics.registry.metrics();
    assert.match(figures, /^lms_backup_last_succeeded\{kind="verification"\} 0$/m);
    assert.doesNotMatch(figures, /^lms_backup_verified_age_seconds/m);
    await system.api.stop();
  });

  test('the archive has the settings, and no secret stands anywhere in it', async (t) => {
    const place = newPlace(t, clientPath ?? '');
    const server = await startTestServer({ config: { projectName: 'Academy of Archives' } });
    t.after(() => server.stop());
    const { deps } = server.open;
    const [secrets, open] = [true, false].map((wanted) =>
      (settings as readonly Setting[]).filter(({ isSecret = false }) => isSecret === wanted),
    );
    const marks = new Map(secrets!.map(({ key }) => [key, `mark-of-${key}`.padEnd(32, '-').slice(0, 32)]));
    const url = new URL(deps.config.databaseUrl ?? '');
    // A server that asks for no password takes any.
    url.password ||= marks.get('databaseUrl') ?? '';
    marks.set('databaseUrl', url.password);
    const inBase64 = (key: string) => Buffer.from(marks.get(key) ?? '').toString('base64');
    const config = {
      ...deps.config,
      ...Object.fromEntries(marks),
      databaseUrl: url.href,
      encryptionKey: inBase64('encryptionKey'),
      encryptionKeyPrevious: inBase64('encryptionKeyPrevious'),
      backupDir: place.backups,
    };
    const before = process.env['PATH'];
    process.env['PATH'] = clientPath;
    try {
      await takeBackup({ ...deps, config }, never);
    } finally {
      process.env['PATH'] = before;
    }
    const archive = await findArchive(config, deps.log, 'latest');
    const plain = Buffer.concat(await Array.fromAsync(await archive.read())).toString('latin1');
    let text = '';
    await readArchive(await archive.read(), {
      async file(name, content) {
        if (name === 'settings.json') text = Buffer.concat(await Array.fromAsync(content)).toString();
      },
    });
    const kept = JSON.parse(text) as Record<string, string>;
    assert.equal(kept['PROJECT_NAME'], 'Academy of Archives');
    assert.deepEqual(Object.keys(kept).toSorted(), open!.map(({ name }) => name).toSorted());
    for (const [key, mark] of marks) {
      for (const form of [mark, inBase64(key)]) assert.ok(!plain.includes(form), key);
    }
  });
});
