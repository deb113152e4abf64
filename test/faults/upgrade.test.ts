import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '#test/client.ts';
import { createTestDatabase } from '#test/database.ts';
import { createFrontEnd, nothingSeen, type Seen } from '#test/faults/front-end.ts';
import { assertAllIsWell, startLearning, type Learning } from '#test/faults/learning.ts';
import { buildCourse, ok, type LoopCourse } from '#test/loop.ts';
import { runCommand, startProgram, type Program } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

const root = path.join(import.meta.dirname, '..', '..');
const newest = readdirSync(path.join(root, 'migrations')).toSorted().at(-1) ?? '';
const admin = { email: 'root@example.com', password: 'the-first-admin-pass' };
const teacher = { email: 'teacher@example.com', password: 'a-teachers-phrase' };

/**
 * The last commit before the newest migration came, all of whose migrations are those of now; undefined where there is no
 * history. Where branches came together, the one that has most of them.
 */
function findPrevious(): string | undefined {
  const names = readdirSync(path.join(root, 'migrations')).map((name) => `migrations/${name}`);
  const hashes = git('hash-object', '--no-filters', '--', ...names).split('\n');
  const now = new Set(names.map((name, index) => `${name} ${hashes[index]}`));
  // Whatever changed the migrations, the commits before that, and what is committed now.
  const touching = git('log', '--full-history', '-m', '--format=%H %P', '--', 'migrations');
  const commits = new Set(['HEAD', ...touching.split(/\s+/)].filter((name) => name !== ''));
  const candidates = [...commits].flatMap((commit) => {
    const found = git('ls-tree', '--format=%(path) %(objectname)', commit, 'migrations/').split('\n');
    const isBefore = found.every((line) => now.has(line) && !line.startsWith(`migrations/${newest} `));
    if (!isBefore) return [];
    return [{ commit, count: found.length, at: Number(git('show', '--no-patch', '--format=%ct', commit)) }];
  });
  return candidates.toSorted((a, b) => b.count - a.count || b.at - a.at)[0]?.commit;
}

function git(...args: string[]): string {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

const previous = findPrevious();
const noHistory = previous === undefined ? "needs the history of the project's repository" : false;

suite('an upgrade while people learn', { skip: noHistory }, () => {
  test(`the code before ${newest} works on the new schema, and rolling to the new code fails no request`, async (t) => {
    const old = checkOut(t, previous ?? '');
    const system = await startOld(t, old);
    const { rolled, learning, seen } = await upgrade(t, system, root);
    const learners = await learning.stop();
    const said = system.programs.flatMap((program) => program.logs()).filter(({ level }) => level !== 'info');
    assert.deepEqual([seen.broken, seen.unavailable], [0, 0], `requests failed: ${JSON.stringify(said)}`);
    const api = createFrontEnd(t, () => rolled.slice(0, 2).map(({ baseUrl }) => baseUrl), nothingSeen());
    await assertAllIsWell(t, system.env.DATABASE_URL, { api, learners, seen });
    for (const program of [...system.programs, ...rolled]) assertNoFault(program);
  });

  test('a migration that drops a column which the code before it uses is found', async (t) => {
    const planted = copyOfNow(t);
    writeFileSync(
      path.join(planted, 'migrations', '9999_planted.sql'),
      'alter table lesson_progress drop column completed_at cascade;\n',
    );
    const system = await startOld(t, checkOut(t, previous ?? ''));
    const migrating = upgrade(t, system, planted, { isMigratingOnly: true });
    const found = await migrating.then(
      async ({ learning }) => learning.done.then(() => 'nothing', String),
      String,
    );
    // What misses a column is answered 503 and asked again in vain; a plan that was kept from before, 500.
    assert.match(found, /500|'internal'|Waited \d+ ms in vain/);
    const lines = () =>
      system.programs.flatMap((program) => program.logs()).map((line) => JSON.stringify(line));
    // What a process says of it may come after its answer.
    await waitFor('the log tells of the column', () =>
      lines().some((line) => /column .*completed_at.* does not exist/.test(line)),
    );
  });
});

type OldSystem = {
  env: Record<'DATABASE_URL' | 'PUBLIC_URL', string>;
  programs: Program[];
  course: LoopCourse;
};

/** Two APIs and a worker of the code before, on a schema of its own, with a course to learn. */
async function startOld(t: TestContext, old: string): Promise<OldSystem> {
  const database = await createTestDatabase('template0');
  t.after(() => database.drop());
  const env = { DATABASE_URL: database.url, PUBLIC_URL: 'http://lms.example.com' };
  const main = mainOf(old);
  const migrated = await runCommand(t, ['migrate'], { env, main });
  assert.equal(migrated.code, 0, migrated.stdout + migrated.stderr);
  const make = ['admin', 'create', `--email=${admin.email}`, '--name=Root'];
  const made = await runCommand(t, make, { env, main, input: `${admin.password}\n` });
  assert.equal(made.code, 0, made.stderr);
  const programs = await Promise.all(
    ['api', 'api', 'worker'].map((role) => startProgram(t, [role], { env, main })),
  );
  const client = createClient(programs[0]?.baseUrl ?? '');
  const { accessToken } = await ok(client.post('/auth/login', admin), 200);
  await ok(client.post('/users', { ...teacher, name: 'Teacher', role: 'instructor' }, accessToken), 201);
  const signedIn = await ok(client.post('/auth/login', teacher), 200);
  return { env, programs, course: await buildCourse(client, signedIn.accessToken, 'Upgrades') };
}

/**
 * Migrates by the code in `newRoot` while people learn on the old one, lets them go on for a while, and then takes one
 * process after the other out, each when the new one in its place is ready.
 */
async function upgrade(
  t: TestContext,
  { env, programs, course }: OldSystem,
  newRoot: string,
  { isMigratingOnly = false } = {},
): Promise<{ rolled: Program[]; learning: Learning; seen: Seen }> {
  const seen = nothingSeen();
  const serving = programs.slice(0, 2);
  const frontEnd = createFrontEnd(t, () => serving.map(({ baseUrl }) => baseUrl), seen);
  const learning = startLearning(frontEnd, course, { atATime: 6 });
  const failed = learning.done.then((): never => assert.fail('learning ended'));
  failed.catch(() => {});
  const meanwhile = async <T>(work: Promise<T>): Promise<T> => Promise.race([work, failed]);
  const writes = (count: number) => meanwhile(waitFor(`${count} more writes`, countsTo(seen, count), 60_000));
  await writes(50);
  const main = mainOf(newRoot);
  const migrated = await meanwhile(runCommand(t, ['migrate'], { env, main }));
  assert.equal(migrated.code, 0, migrated.stdout + migrated.stderr);
  await writes(100);
  const rolled: Program[] = [];
  if (isMigratingOnly) return { rolled, learning, seen };
  for (const [index, before] of programs.entries()) {
    const role = index < 2 ? 'api' : 'worker';
    const next = await meanwhile(startProgram(t, [role], { env, main }));
    rolled.push(next);
    if (role === 'api') serving[index] = next;
    // Requests that went to it before are answered meanwhile.
    await meanwhile(sleep(200));
    assert.equal(await meanwhile(before.stop()), 0, before.stdout());
    await writes(50);
  }
  return { rolled, learning, seen };
}

function countsTo(seen: Seen, more: number): () => boolean {
  const wanted = seen.told.length + more;
  return () => seen.told.length >= wanted;
}

/** Nothing was answered 500, and no job failed for good. */
function assertNoFault(program: Program): void {
  const faults = program.logs().filter(({ level }) => level === 'error' || level === 'fatal');
  assert.deepEqual(faults, []);
}

function mainOf(folder: string): string {
  return path.join(folder, 'src', 'main.ts');
}

/** The files of a commit, with the packages that are installed here. */
function checkOut(t: TestContext, commit: string): string {
  const folder = newFolder(t);
  const archive = spawnSync(
    'git',
    ['-C', root, 'archive', '--format=tar', commit, 'src', 'migrations', 'package.json'],
    {
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  assert.equal(archive.status, 0, archive.stderr.toString());
  const unpacked = spawnSync('tar', ['-x', '-C', folder], { input: archive.stdout });
  assert.equal(unpacked.status, 0, unpacked.stderr.toString());
  return folder;
}

/** The files as they are now. */
function copyOfNow(t: TestContext): string {
  const folder = newFolder(t);
  for (const name of ['src', 'migrations', 'package.json'])
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  return folder;
}

function newFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-upgrade-')));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}
