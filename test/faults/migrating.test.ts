import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findRunningUrl } from '#platform/db/embedded/running.ts';
import { readMigrations } from '#platform/db/migrate.ts';
import { createClient } from '#test/client.ts';
import { createTestDatabase } from '#test/database.ts';
import { seededRandom, type Random } from '#test/faults/random.ts';
import { waitForInvariants, withClient } from '#test/invariants.ts';
import { ok } from '#test/loop.ts';
import { launchProgram, runCommand, startProgram } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

const demoAdmin = { email: 'admin@example.com', password: 'Demo-pass-2026' };
// What a start leaves in the database, the first time and with every later one alike.
const tables = [
  'app_user',
  'course',
  'lesson',
  'enrollment',
  'attempt',
  'certificate',
  'certificate_pdf',
  'event',
];

suite('kill -9 during a start with migrations', () => {
  test('of two migrate at once, at random moments: the next two apply the rest, each file once', async (t) => {
    const random = seededRandom(t);
    const all = (await readMigrations()).length;
    const found: number[] = [];
    const countHalf = () => found.filter((count) => count > 0 && count < all).length;
    for (let round = 0; round < 12 && (round < 3 || countHalf() < 2); round++) {
      const url = await emptyDatabase(t);
      for (let before = 0; before < all; found.push(before)) {
        await killTwo(t, random, url, before);
        before = await countApplied(url);
      }
      await Promise.all([migrated(t, url), migrated(t, url)]);
      await assertAppliedOnce(url);
      const api = await startProgram(t, ['api'], { env: { DATABASE_URL: url } });
      assert.equal(await api.stop(), 0);
      await waitForInvariants(url, 20_000);
    }
    t.diagnostic(`migrations there when it was killed: ${found.join(', ')}`);
    assert.ok(countHalf() > 0, 'it was killed half-way');
  });

  test('of main.ts all at its first start, at random moments: the next start has everything, once', async (t) => {
    const random = seededRandom(t);
    let undisturbed = '';
    const whole = await timeOf(async () => void (undisturbed = await startedWhole(t, newFolder(t))));
    const killedAt: number[] = [];
    for (let round = 0; round < 2; round++) {
      const dataDir = newFolder(t);
      for (let kills = 0; kills < 2; kills++) {
        const program = launchProgram(t, ['all'], { env: { DATA_DIR: dataDir } });
        const lifeMs = random.below(whole);
        await sleep(lifeMs);
        await program.kill();
        killedAt.push(lifeMs);
      }
      assert.equal(
        await startedWhole(t, dataDir),
        undisturbed,
        `after kills at ${killedAt.slice(-2).join(' and ')} ms`,
      );
    }
    t.diagnostic(`a whole start took ${Math.round(whole)} ms; killed after ${killedAt.join(', ')} ms`);
  });
});

/** Every other time in the midst of their work, else anywhere, also before the first statement. */
async function killTwo(t: TestContext, random: Random, url: string, before: number): Promise<void> {
  const both = [1, 2].map(() => launchProgram(t, ['migrate'], { env: { DATABASE_URL: url } }));
  if (random.below(2) === 0) await sleep(random.below(1_200));
  else await waitFor('one more is applied', async () => (await countApplied(url)) > before, 60_000);
  await sleep(random.below(30));
  for (const program of both) await program.kill();
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function emptyDatabase(t: TestContext): Promise<string> {
  const database = await createTestDatabase('template0');
  t.after(() => database.drop());
  return database.url;
}

function newFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-data-')));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

async function migrated(t: TestContext, url: string): Promise<void> {
  const { code, stdout, stderr } = await runCommand(t, ['migrate'], { env: { DATABASE_URL: url } });
  assert.equal(code, 0, stdout + stderr);
}

async function appliedNames(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows: found } = await client.query(`select from pg_class where relname = 'schema_migration'`);
    if (found.length === 0) return [];
    const { rows } = await client.query<{ name: string }>('select name from schema_migration order by name');
    return rows.map(({ name }) => name);
  });
}

async function countApplied(url: string): Promise<number> {
  return (await appliedNames(url)).length;
}

async function assertAppliedOnce(url: string): Promise<void> {
  const all = await readMigrations();
  assert.deepEqual(
    await appliedNames(url),
    all.map(({ name }) => name),
  );
}

/** Starts it on the folder, waits until all its work is done, and tells how many rows there are. */
async function startedWhole(t: TestContext, dataDir: string): Promise<string> {
  const program = await startProgram(t, ['all'], { env: { DATA_DIR: dataDir } });
  // It is ready before its demo academy is there.
  await waitFor(
    'the start is over',
    () => program.logs().some(({ message }) => message === 'all runs'),
    60_000,
  );
  const { accessToken } = await ok(createClient(program.baseUrl).post('/auth/login', demoAdmin), 200);
  assert.ok(accessToken);
  const url = findRunningUrl(path.join(dataDir, 'postgres')) ?? '';
  await assertAppliedOnce(url);
  await waitForInvariants(url, 60_000);
  const counts = await withClient(url, (client) =>
    client.query(`select ${tables.map((table) => `(select count(*) from ${table}) as ${table}`).join()}`),
  );
  assert.equal(await program.stop(), 0, program.stdout());
  return JSON.stringify(counts.rows);
}
