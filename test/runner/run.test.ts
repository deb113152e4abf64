import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './left-behind.ts';

const RUNNER = path.join(import.meta.dirname, '..', 'run.ts');
const HEAD = "import { test } from 'node:test'; import { spawn } from 'node:child_process';\n";
const LEAVE = (stdio: string, file: string): string => `
import { writeFileSync } from 'node:fs';
test('leaves', () => {
  const child = spawn('sleep', ['600'], { detached: true, stdio: '${stdio}' });
  writeFileSync('${file}', String(child.pid));
  child.unref();
});`;

suite('the test runner', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lms-planted-'));
    mkdirSync(path.join(folder, 'files'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('counts what passed and failed, and ends with the counts as the last line', async () => {
    const good = await run("test('one', () => {}); test('two', () => {});");
    assert.deepEqual(good, { status: 0, last: '2 passed, 0 failed, 0 skipped', output: good.output });
    const bad = await run("test('one', () => {}); test('two', () => { throw new Error('planted'); });");
    assert.deepEqual(bad, { status: 1, last: '1 passed, 1 failed, 0 skipped', output: bad.output });
  });

  test('a file that crashes fails the run', async () => {
    const { status, last } = await run("test('one', () => {}); setTimeout(() => process.exit(3), 50);");
    assert.equal(status, 1);
    assert.match(last, / [1-9]\d* failed/);
  });

  test('an error that nobody waits for fails the run, and is shown', async () => {
    const { status, output } = await run(
      "test('one', () => { void (async () => { await null; throw new Error('planted'); })(); });",
    );
    assert.equal(status, 1);
    assert.match(output, /planted/);
  });

  test('a file without a test fails the run, which names it', async () => {
    const { status, output } = await run('');
    assert.equal(status, 1);
    assert.match(output, /planted\.test\.ts: no test in it/);
  });

  test('a skip fails the run, unless it is listed', async () => {
    const source = "test('needs the moon', { skip: true }, () => {}); test('one', () => {});";
    assert.equal((await run(source)).last, '1 passed, 1 failed, 0 skipped');
    const listed = path.join(folder, 'skips.json');
    const entry = { test: 'needs the moon', reason: 'it is day', needs: ['docker'], allowedInCi: false };
    writeFileSync(listed, JSON.stringify([entry]));
    const allowed = await run(source, { TEST_SKIPS_FILE: listed });
    assert.equal(allowed.last, '1 passed, 0 failed, 1 skipped');
    assert.match(allowed.output, /needs the moon: it is day/);
    assert.equal((await run(source, { TEST_SKIPS_FILE: listed, CI_STRICT: '1' })).status, 1);
  });

  for (const stdio of ['ignore', 'inherit']) {
    test(`a process left behind (output: ${stdio}) is ended and fails the run, which names the file`, async () => {
      const note = path.join(folder, `pid-${stdio}`);
      const { status, last, output } = await run(LEAVE(stdio, note));
      assert.equal(last, '1 passed, 1 failed, 0 skipped');
      assert.equal(status, 1);
      assert.match(output, /planted\.test\.ts left a process behind: \d+ sleep 600/);
      assert.equal(isRunning(Number(readFileSync(note, 'utf8'))), false);
    });
  }

  test('an interrupted run ends its tests and what they started, and fails', async () => {
    const note = path.join(folder, 'pid-interrupted');
    const child = start(
      `${LEAVE('ignore', note)} test('hangs', () => new Promise(() => { setInterval(() => {}, 1000); }));`,
    );
    const pid = await readWhenThere(note);
    child.process.kill('SIGINT');
    await once(child.process, 'close');
    assert.notEqual(child.process.exitCode, 0);
    assert.match(child.output(), /interrupted/);
    assert.equal(isRunning(pid), false);
  });

  async function run(source: string, environment: Record<string, string> = {}): Promise<Result> {
    const child = start(source, environment);
    await once(child.process, 'close');
    const output = child.output();
    return { status: child.process.exitCode, last: output.trimEnd().split('\n').at(-1) ?? '', output };
  }

  function start(source: string, environment: Record<string, string> = {}): Started {
    const file = path.join(folder, 'planted.test.ts');
    writeFileSync(file, HEAD + source);
    const { TEST_REDIS_URL: redis, NODE_TEST_CONTEXT: _context, CI_STRICT: _strict, ...rest } = process.env;
    const env = { ...rest, ...(redis === undefined ? {} : { REDIS_URL: redis }), ...environment };
    const started = spawn(process.execPath, [RUNNER, file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    started.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return { process: started, output: () => output };
  }
});

type Result = { status: number | null; last: string; output: string };
type Started = { process: ReturnType<typeof spawn>; output: () => string };

async function readWhenThere(file: string): Promise<number> {
  for (;;) {
    try {
      const pid = Number(readFileSync(file, 'utf8'));
      if (pid > 0) return pid;
    } catch {
      // Not written yet.
    }
    await sleep(50);
  }
}
