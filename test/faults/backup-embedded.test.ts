import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { findRunningUrl } from '#platform/db/embedded/running.ts';
import { createClient } from '#test/client.ts';
import { mountDisk } from '#test/disk.ts';
import { checksumsBelow, contentOf, newFolder } from '#test/faults/backup/contents.ts';
import { backupKey, fill, goOn, refuses, signIn, succeeds, type Env } from '#test/faults/backup/drill.ts';
import { startLearning } from '#test/faults/learning.ts';
import { buildCourse, ok, type Learner } from '#test/loop.ts';
import { runCommand, startProgram, type Program } from '#test/program.ts';

const isRoot = process.getuid?.() === 0;
const adminPassword = 'the-first-admin-pass';

function urlIn(dataDir: string): string {
  return findRunningUrl(path.join(dataDir, 'postgres')) ?? '';
}

/** `systemEnv`: without backups of its own, which would be in the way of those that are asked for here. */
function newEnv(t: TestContext): { env: Env; systemEnv: Env; dataDir: string; backups: string } {
  const [parent, backups] = [newFolder(t), newFolder(t)];
  const dataDir = path.join(parent, 'data');
  const systemEnv = { DATA_DIR: dataDir, PATH: '/usr/bin:/bin', PUBLIC_URL: 'http://lms.example.com' };
  return { env: { ...systemEnv, BACKUP_DIR: backups, BACKUP_KEY: backupKey }, systemEnv, dataDir, backups };
}

async function makeTeacher(t: TestContext, env: Env, { baseUrl }: Program): Promise<string> {
  const api = createClient(baseUrl);
  const args = ['admin', 'create', '--email=root@example.com', '--name=Root'];
  const made = await runCommand(t, args, { env, input: `${adminPassword}\n` });
  assert.equal(made.code, 0, made.stderr);
  const adminToken = await signIn(api, 'root@example.com', adminPassword);
  const teacher = {
    email: 'teacher@example.com',
    name: 'Teacher',
    password: 'a-teachers-phrase',
    role: 'instructor',
  };
  await ok(api.post('/users', teacher, adminToken), 201);
  return signIn(api, teacher.email, teacher.password);
}

suite('backups of the embedded database', () => {
  test('everything is destroyed and brought back, with neither pg_dump nor psql; and learners go on', async (t) => {
    const { env, systemEnv, dataDir } = newEnv(t);
    const system = await startProgram(t, ['all'], { env: systemEnv });
    const token = await makeTeacher(t, env, system);
    const api = createClient(system.baseUrl);
    const course = await buildCourse(api, token, 'Backed up');
    const learners: Learner[] = (await fill(system.baseUrl, course, token)).learners;

    // Under load, beside the program that has the database.
    const learning = startLearning(api, course, { atATime: 4 });
    assert.match(await succeeds(t, ['backup'], env), /^Made lms-/);
    assert.match(
      await succeeds(t, ['restore', 'latest', '--verify'], env),
      /can be restored: a cluster of PostgreSQL 17/,
    );
    learners.push(...(await learning.stop()));
    await system.stop();
    assert.deepEqual(
      readdirSync(dataDir).filter((name) => /scratch|restored/.test(name)),
      [],
    );

    // Not running: it is started for the copy, and stopped.
    await succeeds(t, ['backup'], env);
    const secrets = readFileSync(path.join(dataDir, 'secrets.json'));
    const before = await contentNow(env);
    const files = checksumsBelow(path.join(dataDir, 'uploads'));
    rmSync(dataDir, { recursive: true });
    assert.match(await succeeds(t, ['restore', 'latest', '--verify'], env), /can be restored/);
    assert.ok(!existsSync(path.join(dataDir, 'postgres')), 'a look leaves nothing');
    const said = await succeeds(t, ['restore', 'latest'], env);
    assert.match(said, /ENCRYPTION_KEY is another than at the backup/);
    writeFileSync(path.join(dataDir, 'secrets.json'), secrets, { mode: 0o600 });
    assert.deepEqual(await contentNow(env), before);
    assert.deepEqual(checksumsBelow(path.join(dataDir, 'uploads')), files);
    const again = await startProgram(t, ['all'], { env: systemEnv });
    await goOn(again.baseUrl, course, learners.slice(0, 3));
    await again.stop();
    t.diagnostic(`${learners.length} learners, ${Object.keys(files).length} files`);
  });

  test('a wrong key, a cut archive, a changed byte, a database that is there: refused, and nothing is changed', async (t) => {
    const { env, systemEnv, dataDir, backups } = newEnv(t);
    await succeeds(t, ['migrate'], env);
    await succeeds(t, ['backup'], env);
    const [name = ''] = readdirSync(backups);
    await refuses(t, ['restore', name], env, /There is a database in .*--force/);
    const system = await startProgram(t, ['all'], { env: systemEnv });
    await refuses(t, ['restore', name, '--force'], env, /is in use by process/);
    const before = await contentOf(urlIn(dataDir));
    await system.stop();
    const bytes = readFileSync(path.join(backups, name));
    const broken = path.join(newFolder(t), 'broken.age');
    await refuses(
      t,
      ['restore', name, '--force'],
      { ...env, BACKUP_KEY: `${backupKey}x` },
      /does not open this archive/,
    );
    writeFileSync(broken, bytes.subarray(0, bytes.length - 100_000));
    await refuses(t, ['restore', broken, '--force'], env, /damaged or was cut off/);
    bytes[bytes.length - 300_000]! ^= 4;
    writeFileSync(broken, bytes);
    await refuses(t, ['restore', broken, '--force'], env, /damaged or was cut off/);
    const { 'public.app_user': people } = await contentNow(env);
    assert.equal(people, before['public.app_user']);
    const said = await succeeds(t, ['restore', name, '--force'], env);
    assert.doesNotMatch(
      said,
      /was erased|were erased/,
      'the one that was replaced was read: it knew of none',
    );
    assert.match((await contentNow(env))['public.app_user'] ?? '', /^0 rows/, 'it was backed up empty');
    assert.deepEqual(
      readdirSync(dataDir).filter((each) => /restored|replaced/.test(each)),
      [],
    );
  });

  test(
    'a disk that is full: one line, no half backup, and the database goes on',
    { skip: !isRoot && 'only root may mount a disk' },
    async (t) => {
      const { env, systemEnv } = newEnv(t);
      const system = await startProgram(t, ['all'], { env: systemEnv });
      const disk = mountDisk(t, 8);
      await refuses(t, ['backup'], { ...env, BACKUP_DIR: disk }, /disk is full/);
      assert.deepEqual(readdirSync(disk), []);
      await succeeds(t, ['backup'], env);
      assert.equal((await createClient(system.baseUrl).get('/ready')).status, 200);
      await system.stop();
    },
  );
});

/** What the database holds, read while nothing else goes on there. */
async function contentNow(env: Env): Promise<Record<string, string>> {
  const { startEmbeddedPostgres } = await import('#platform/db/embedded/embedded-postgres.ts');
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(env['DATA_DIR'] ?? '', 'postgres'),
    log: () => {},
  });
  try {
    return await contentOf(postgres.url);
  } finally {
    await postgres.stop();
  }
}
