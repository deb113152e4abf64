import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test, type TestContext } from 'node:test';
import { createTestDatabase } from '#test/database.ts';
import { createClient } from '#test/client.ts';
import { launchProgram, runCommand, untilListening } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

const production = {
  ENVIRONMENT: 'production',
  PUBLIC_URL: 'https://learn.example.org',
  REDIS_URL: 'redis://127.0.0.1:1',
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  SMTP_HOST: '127.0.0.1',
  EMAIL_FROM: 'learn@example.org',
};

async function databaseOf(t: TestContext): Promise<{ DATABASE_URL: string }> {
  const database = await createTestDatabase();
  t.after(() => database.drop());
  return { DATABASE_URL: database.url };
}

suite('lms seed', () => {
  test('loads the demo academy and says who can sign in, once; the next start loads nothing', async (t) => {
    const env = { ...(await databaseOf(t)), DEMO_MODE: 'true' };
    const first = await runCommand(t, ['seed'], { env });
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /admin@example\.com, instructor@example\.com, student@example\.com/);
    assert.match(first.stdout, /Demo-pass-2026/);

    const second = await runCommand(t, ['seed'], { env });
    assert.equal(second.code, 1);
    assert.match(second.stderr, /^There are people in the database already[^\n]*\n$/);

    const third = await runCommand(t, ['seed', '--if-empty'], { env });
    assert.deepEqual([third.code, third.stderr], [0, '']);

    const program = launchProgram(t, ['all'], { env });
    await waitFor('it runs', () => program.stdout().includes('Stop it'), 60_000);
    assert.match(program.stdout(), /Demo-pass-2026:\n {2}admin@example\.com\n/);
    assert.doesNotMatch(program.stdout(), /Loading/);
    assert.equal(await program.stop(), 0);
  });

  test('a start that loads it is not ready before its accounts can sign in, and says why', async (t) => {
    const env = { ...(await databaseOf(t)), DEMO_MODE: 'true' };
    const program = launchProgram(t, ['all'], { env });
    await untilListening(program);
    const api = createClient(program.baseUrl);
    const seen = new Set<string>();
    await waitFor(
      'it is ready',
      async () => {
        const { status, body, headers } = await api.get('/ready');
        if (status === 503) assert.equal(headers.get('retry-after'), '2');
        seen.add(`${status} ${String(body.checks.demo.status)}`);
        return status === 200;
      },
      60_000,
    );
    assert.deepEqual([...seen], ['503 loading', '200 ok']);
    const student = { email: 'student@example.com', password: 'Demo-pass-2026' };
    assert.equal((await api.post('/auth/login', student)).status, 200);
    assert.equal(await program.stop(), 0);
  });

  test('refuses with one line where everybody could know the passwords', async (t) => {
    const database = await databaseOf(t);
    const withoutDemo = await runCommand(t, ['seed'], { env: database });
    assert.equal(withoutDemo.code, 1);
    assert.match(withoutDemo.stderr, /^[^\n]*DEMO_MODE=true[^\n]*\n$/);

    const strict = await runCommand(t, ['seed'], { env: { ...database, ...production } });
    assert.equal(strict.code, 1);
    assert.match(strict.stderr, /^[^\n]*never loaded where ENVIRONMENT is production[^\n]*\n$/);
  });
});
