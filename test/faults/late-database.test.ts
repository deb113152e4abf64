import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createTestDatabase } from '#test/database.ts';
import { startDatabaseProxy } from '#test/database-proxy.ts';
import { launchProgram, runCommand, untilListening, untilReady, type Program } from '#test/program.ts';

const roles = [['api'], ['worker', '--queues=emails,progress', '--concurrency=4'], ['scheduler']];

suite('a database that is not there yet', () => {
  test('before it is migrated no role is ready, each says why, and all are once it is', async (t) => {
    const database = await createTestDatabase('template1');
    t.after(() => database.drop());
    const env = { DATABASE_URL: database.url };
    const programs = roles.map((args) => launchProgram(t, args, { env }));
    for (const program of programs) {
      await untilListening(program);
      assert.equal((await fetch(`${program.baseUrl}/health`)).status, 200);
      const { status, checks } = await readiness(program, 503);
      assert.deepEqual(
        [status, checks.database.status, checks.migrations.status, checks.jobs.status],
        ['failed', 'ok', 'failed', 'failed'],
      );
      assert.match(checks.migrations.detail, /run "lms migrate"/);
    }
    for (const round of ['first', 'second']) {
      const migrated = await runCommand(t, ['migrate'], { env });
      assert.equal(migrated.code, 0, `${round}: ${migrated.stderr}`);
      assert.equal(/applied 0001/.test(migrated.stdout), round === 'first');
    }
    for (const program of programs) await untilReady(program, 15_000);
    for (const program of programs) {
      assert.equal(await program.stop(), 0);
      const lines = program.logs().filter(({ level }) => level === 'warn');
      assert.ok(lines.length <= 3, JSON.stringify(lines));
      assert.match(JSON.stringify(lines), /migrated \(\\\\?"lms migrate/);
    }
  });

  test('before it is up no role is ready, and all are once it is', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const proxy = await startDatabaseProxy(t, database.url, { isCut: true });
    const programs = roles.map((args) => launchProgram(t, args, { env: { DATABASE_URL: proxy.url } }));
    for (const program of programs) {
      await untilListening(program);
      const { checks } = await readiness(program, 503);
      assert.match(checks.database.detail, /does not answer: is it up, and DATABASE_URL right\?/);
    }
    await proxy.restore();
    for (const program of programs) await untilReady(program, 15_000);
  });

  test('a role that never had its database still stops at once', async (t) => {
    const proxy = await startDatabaseProxy(t, 'postgresql://lms:hunter2@127.0.0.1:1/lms', { isCut: true });
    const programs = roles.map((args) => launchProgram(t, args, { env: { DATABASE_URL: proxy.url } }));
    await Promise.all(programs.map((program) => untilListening(program)));
    const startedAt = performance.now();
    assert.deepEqual(await Promise.all(programs.map((program) => program.stop('SIGINT'))), [0, 0, 0]);
    assert.ok(performance.now() - startedAt < 8_000);
    for (const program of programs) assert.doesNotMatch(program.stdout() + program.stderr(), /hunter2/);
  });
});

type Ready = {
  status: string;
  checks: Record<'database' | 'migrations' | 'jobs', { status: string; detail: string }>;
};

async function readiness(program: Program, status: number): Promise<Ready> {
  const response = await fetch(`${program.baseUrl}/ready`);
  assert.equal(response.status, status);
  return (await response.json()) as Ready;
}
