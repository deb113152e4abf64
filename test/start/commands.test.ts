import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { createClient } from '#test/client.ts';
import { createTestDatabase } from '#test/database.ts';
import { launchProgram, mainFile, runCommand, untilListening, type ProgramOptions } from '#test/program.ts';

const password = 'correct horse battery';

async function createAdmin(t: TestContext, email: string, options: ProgramOptions) {
  return runCommand(t, ['admin', 'create', `--email=${email}`, '--name=The First'], {
    input: `${password}\n`,
    ...options,
  });
}

suite('commands', () => {
  test('--help tells them all; none and an unknown one end with status 2', async (t) => {
    const help = await runCommand(t, ['--help']);
    assert.equal(help.code, 0);
    for (const name of [
      'all',
      'api',
      'worker',
      'scheduler',
      'migrate',
      'seed',
      'admin create',
      'audit verify',
      'doctor',
      'secrets rotate',
      'check-config',
      'health',
      'openapi',
    ]) {
      assert.match(help.stdout, new RegExp(`^  ${name}`, 'm'));
    }
    assert.match(help.stdout, /check-config \[--print-table\|--print-env-example\]/);
    assert.deepEqual(await runCommand(t, ['worker', '--help']), help);
    const none = await runCommand(t, []);
    assert.deepEqual([none.code, none.stdout, none.stderr], [2, '', help.stdout]);
    const unknown = await runCommand(t, ['wroker']);
    assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
    assert.match(unknown.stderr, /^There is no role or command "wroker"\.\n/);
  });

  test('openapi prints the document without a database', async (t) => {
    const { code, stdout, stderr } = await runCommand(t, ['openapi']);
    assert.deepEqual([code, stderr], [0, '']);
    const { openapi, paths } = JSON.parse(stdout) as { openapi: string; paths: object };
    assert.match(openapi, /^3\.1\./);
    assert.ok('/api/v1/auth/login' in paths);
  });

  test('check-config shows the settings in force without secrets, and what does not hold', async (t) => {
    const env = { DATABASE_URL: 'postgresql://lms:hunter2@db.example.edu/lms?sslmode=verify-full' };
    const good = await runCommand(t, ['check-config'], { env });
    assert.equal(good.code, 0, good.stdout);
    assert.match(good.stdout, /db\.example\.edu/);
    assert.doesNotMatch(good.stdout, /hunter2/);
    const bad = await runCommand(t, ['check-config'], { env: { ...env, PORT: '80000' } });
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /PORT /);
  });

  test('a command whose output nobody reads any more ends quietly', async (t) => {
    const command = ['sh', '-c', `"${process.execPath}" "${mainFile}" check-config | true`];
    const { code, stderr } = await runCommand(t, [], { command });
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('an edited migration is refused in one line', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`update schema_migration set sha256 = 'other' where name like '0001%'`);
    await client.end();
    const { code, stderr } = await runCommand(t, ['migrate'], { env: { DATABASE_URL: database.url } });
    assert.equal(code, 1);
    assert.match(stderr, /^0001_\w+\.sql was edited after it was applied\. [^\n]+\n$/);
  });

  test('the docs settings table and .env.example are what check-config prints', async (t) => {
    const root = path.join(mainFile, '..', '..');
    const example = await runCommand(t, ['check-config', '--print-env-example']);
    assert.equal(example.stdout, readFileSync(path.join(root, '.env.example'), 'utf8'));
  });
});

suite('admin create', () => {
  test('makes an admin who can sign in, while the system is stopped and while it runs', async (t) => {
    const stopped = await createAdmin(t, 'first@example.com', {});
    assert.match(stopped.stdout, /^Made the admin first@example\.com \([0-9a-f-]{36}\)\.\n$/);
    assert.deepEqual([stopped.code, stopped.stderr], [0, '']);
    const program = launchProgram(t, ['all']);
    await untilListening(program);
    // The folder of the running system.
    const DATA_DIR = dataDirOf(program.logs());
    const running = await createAdmin(t, 'second@example.com', { env: { DATA_DIR } });
    assert.deepEqual([running.code, running.stderr], [0, '']);
    const api = createClient(program.baseUrl);
    const { body } = await api.post('/auth/login', { email: 'Second@Example.com', password });
    assert.equal(body.user.role, 'admin');
    assert.equal(await program.stop('SIGINT'), 0);
  });

  test('refuses a weak password, a taken or impossible address and a missing name in one line each', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const env = { DATABASE_URL: database.url };
    assert.equal((await createAdmin(t, 'taken@example.com', { env })).code, 0);
    const refusals: [Promise<{ code: number | null; stderr: string }>, RegExp, number][] = [
      [createAdmin(t, 'TAKEN@example.com', { env }), /already has an account/, 1],
      [createAdmin(t, 'a@example.com', { env, input: 'short\n' }), /at least 8 characters/, 1],
      [createAdmin(t, 'a@example.com', { env, input: 'password123\n' }), /among the most used/, 1],
      [createAdmin(t, 'a@example.com', { env, input: '' }), /on standard input/, 1],
      [createAdmin(t, 'no-address', { env }), /^--email is not valid/, 1],
      [
        runCommand(t, ['admin', 'create', '--email=a@example.com'], { env, input: `${password}\n` }),
        /--name=NAME/,
        2,
      ],
      [
        runCommand(t, ['admin', 'create', '--email=a@example.com', '--password=x'], { env }),
        /Unknown option '--password'/,
        2,
      ],
    ];
    for (const [refusal, expected, status] of refusals) {
      const { code, stderr } = await refusal;
      assert.match(stderr, expected);
      assert.match(stderr, /^[^\n]+\n$/);
      assert.equal(code, status);
    }
  });

  test('on a database that was never migrated it says what to do first', async (t) => {
    const database = await createTestDatabase('template1');
    t.after(() => database.drop());
    const { code, stderr } = await createAdmin(t, 'first@example.com', {
      env: { DATABASE_URL: database.url },
    });
    assert.match(stderr, /^The database lacks tables: run "lms migrate" first [^\n]+\n$/);
    assert.equal(code, 1);
  });
});

function dataDirOf(logs: Record<string, unknown>[]): string {
  return path.dirname(String(logs.find(({ dataDir }) => dataDir !== undefined)?.['dataDir']));
}
