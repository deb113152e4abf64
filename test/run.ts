// Command: `npm test`, `npm run test:faults` (the long ones, which start and kill whole programs), `npm run test:containers`
// (the image and the compose files), or `node test/run.ts [--faults | --containers] [files, globs, options of node --test]`.
// Starts what the tests share, runs them, and tells what no single test can: skips without a reason, processes left behind,
// the slowest ten.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { makeRunFolders, removeRemains } from './runner/folders.ts';
import { findLeftBehind, killAll } from './runner/left-behind.ts';
import type { LeftBehind } from './runner/left-behind.ts';
import { complain, judge } from './runner/outcome.ts';
import type { AllowedSkip, Outcome, RunName } from './runner/outcome.ts';
import { runUnits } from './runner/pool.ts';
import { startServices } from './runner/services.ts';
import { unitsOf } from './runner/units.ts';

type Run = { name: RunName; files: string[]; testTimeoutMs: number; concurrency: number };

const TESTS: Run = {
  name: 'tests',
  files: ['src/**/*.test.ts', 'test/*.test.ts', 'test/!(faults|azurite|containers)/**/*.test.ts'],
  testTimeoutMs: 120_000,
  // One more than there are processors: many tests wait for other processes.
  concurrency: availableParallelism() + 1,
};
const FAULTS: Run = {
  name: 'faults',
  files: ['test/faults/**/*.test.ts'],
  testTimeoutMs: 600_000,
  // Each keeps several processes busy by itself.
  concurrency: availableParallelism(),
};
const CONTAINERS: Run = {
  name: 'containers',
  files: ['test/containers/**/*.test.ts'],
  testTimeoutMs: 600_000,
  // Each brings up a whole system.
  concurrency: 1,
};
const NEEDED_NODE = 24;
const RUN_TIMEOUT_MS = Number(process.env['TEST_RUN_TIMEOUT_MS'] ?? 15 * 60_000);
const LEFT_BEHIND_AFTER_MS = 2000;

const root = path.join(import.meta.dirname, '..');

async function main(args: readonly string[]): Promise<number> {
  removeRemains();
  const folders = makeRunFolders();
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  process.once('SIGHUP', () => interrupted.abort());
  try {
    const services = await startServices(folders, process.env);
    try {
      const outcome = await runTests(args, folders.folder, services.environment, interrupted.signal);
      print(outcome);
      return outcome.failed === 0 ? 0 : 1;
    } finally {
      await services.stop();
    }
  } finally {
    folders.remove();
  }
}

async function runTests(
  args: readonly string[],
  folder: string,
  environment: Record<string, string>,
  interrupted: AbortSignal,
): Promise<Outcome> {
  const run = runOf(args);
  const given = args.filter((arg) => arg !== '--faults' && arg !== '--containers');
  const files = given.filter((arg) => !arg.startsWith('-'));
  const testsFolder = path.join(folder, 'files');
  mkdirSync(testsFolder);
  const late = AbortSignal.timeout(RUN_TIMEOUT_MS);
  const leftBehind = new Map<number, LeftBehind>();
  const stopWatching = watchLeftBehind(testsFolder, leftBehind);
  const results = await runUnits(unitsOf(files.length > 0 ? files : run.files, root), {
    root,
    folder,
    environment: { ...withoutTargets(process.env), ...environment, LMS_TEST_FOLDER: testsFolder },
    options: given.filter((arg) => arg.startsWith('-')),
    testTimeoutMs: run.testTimeoutMs,
    concurrency: run.concurrency,
    signal: AbortSignal.any([interrupted, late]),
  });
  stopWatching();
  await collectRest(testsFolder, leftBehind);

  const outcome = judge(
    results.flatMap(({ records }) => records),
    {
      allowedSkips: allowedSkips(),
      isStrict: process.env['CI_STRICT'] === '1',
      isRoot: process.getuid?.() === 0,
      ...(given.length === 0 && { wholeRun: run.name }),
    },
  );
  for (const { file, pid, command } of leftBehind.values()) {
    complain(outcome, `${file} left a process behind: ${pid} ${command}`);
  }
  for (const { complaint } of results) if (complaint !== undefined) complain(outcome, complaint);
  if (interrupted.aborted) complain(outcome, 'interrupted');
  else if (late.aborted) complain(outcome, `not finished after ${RUN_TIMEOUT_MS / 1000} s`);
  return outcome;
}

/** A long test named by its file has the time that it has among the others. */
function runOf(args: readonly string[]): Run {
  if (args.some((arg) => arg === '--containers' || arg.includes('test/containers/'))) return CONTAINERS;
  return args.some((arg) => arg === '--faults' || arg.includes('test/faults/')) ? FAULTS : TESTS;
}

/** The caller's own database and Redis must be out of reach: a test that starts the program would use them. */
function withoutTargets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, REDIS_URL: _redis, NODE_TEST_CONTEXT: _context, ...rest } = environment;
  const { LMS_TEST_PID: _pid, ...clean } = rest;
  return clean;
}

/**
 * Ends what outlives its test file while the others run: a process that holds the file's output open would
 * keep the whole run waiting.
 */
function watchLeftBehind(folder: string, found: Map<number, LeftBehind>): () => void {
  let earlier = new Set<number>();
  const timer = setInterval(() => {
    const now = findLeftBehind(folder);
    const lasting = now.filter(({ pid }) => earlier.has(pid));
    for (const one of lasting) found.set(one.pid, one);
    killAll(lasting.map(({ pid }) => pid));
    earlier = new Set(now.map(({ pid }) => pid));
  }, LEFT_BEHIND_AFTER_MS);
  return () => clearInterval(timer);
}

/** What is left after the last file: it gets the same time to end as any other. */
async function collectRest(folder: string, found: Map<number, LeftBehind>): Promise<void> {
  const deadline = Date.now() + LEFT_BEHIND_AFTER_MS;
  let rest = findLeftBehind(folder);
  while (rest.length > 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    rest = findLeftBehind(folder);
  }
  for (const one of rest) found.set(one.pid, one);
  killAll(rest.map(({ pid }) => pid));
}

function allowedSkips(): AllowedSkip[] {
  const file = process.env['TEST_SKIPS_FILE'] ?? path.join(import.meta.dirname, 'skips.json');
  return JSON.parse(readFileSync(file, 'utf8')) as AllowedSkip[];
}

function print(outcome: Outcome): void {
  console.log('\nSlowest:');
  for (const { name, durationMs } of outcome.slowest) {
    console.log(`  ${(durationMs / 1000).toFixed(2).padStart(7)} s  ${name}`);
  }
  if (outcome.skips.length > 0) console.log(`\nSkipped:\n  ${outcome.skips.join('\n  ')}`);
  if (outcome.complaints.length > 0)
    console.log(`\nFailed beside the tests:\n  ${outcome.complaints.join('\n  ')}`);
  console.log(`\n${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
}

/** Runs this script again under the Node that the project brings, where it was started by an older one. */
function runUnderOwnNode(): number {
  const node = path.join(root, 'node_modules/.bin/node');
  const again = spawnSync(node, process.argv.slice(1), { stdio: 'inherit', cwd: root });
  return again.status ?? 1;
}

if (Number(process.versions.node.split('.')[0]) < NEEDED_NODE) {
  process.exitCode = runUnderOwnNode();
} else {
  process.exitCode = await main(process.argv.slice(2));
}
