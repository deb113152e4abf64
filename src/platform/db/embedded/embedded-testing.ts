import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.ts';
import { processFolder } from './process-identity.ts';

export const IS_ROOT = process.getuid?.() === 0;
export const NEEDS_ROOT = IS_ROOT ? false : 'only root may mount a disk or run programs as another user';

/** Processes that name the folder on their command line or work in it. */
export function processesOf(folder: string): number[] {
  const { stdout } = spawnSync('ps', ['-ww', '-eo', 'pid=,command='], { encoding: 'utf8' });
  const found = stdout.split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    const works = processFolder(Number(pid))?.startsWith(folder) === true;
    return pid !== undefined && (works || command.includes(folder)) ? [Number(pid)] : [];
  });
  return found.filter((pid) => pid !== process.pid);
}

async function endAndAssertNone(folder: string): Promise<void> {
  // Helpers of a server that was killed notice it within moments.
  for (let round = 0; round < 100 && processesOf(folder).length > 0; round += 1) await sleep(20);
  const left = processesOf(folder);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  assert.deepEqual(left, [], 'processes were left behind');
}

/** Where one test works. What it started is ended after it, the last first, also when it fails. */
export type Place = {
  dataDir: string;
  /** Starts a database in this process. */
  start(options?: Partial<EmbeddedPostgresOptions>): Promise<EmbeddedPostgres>;
  /** Starts a database in a program of its own. */
  startProgram(settings?: ProgramSettings): Program;
  atEnd: (end: () => unknown) => void;
};

function newFolder(): string {
  return realpathSync(mkdtempSync(path.join(tmpdir(), 'embedded-')));
}

/** A data folder with a cluster, which the tests of a suite use one after the other: that saves initdb. */
export type SharedFolder = { dataDir: string; remove(): void };

export async function makeSharedFolder(): Promise<SharedFolder> {
  const dataDir = newFolder();
  const database = await startEmbeddedPostgres({ dataDir, durability: 'none', log: () => {} });
  await database.stop();
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

/** A place in a folder of its own, or in a shared one. The test fails when a process is left there. */
export function testPlace(t: TestContext, shared?: SharedFolder): Place {
  const dataDir = shared?.dataDir ?? newFolder();
  const ends: (() => unknown)[] = [];
  const atEnd = (end: () => unknown): void => void ends.unshift(end);
  t.after(async () => {
    try {
      for (const end of ends) await end();
      await endAndAssertNone(dataDir);
    } finally {
      if (shared === undefined) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  });
  return {
    dataDir,
    atEnd,
    async start(options) {
      const database = await startEmbeddedPostgres({
        dataDir,
        durability: 'none',
        log: () => {},
        ...options,
      });
      atEnd(() => database.stop());
      return database;
    },
    startProgram(settings = {}) {
      const program = startProgram(settings.dataDir ?? dataDir, settings);
      atEnd(() => endProgram(program, 'SIGTERM'));
      return program;
    },
  };
}

/** The first column of the first row. */
export async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A server that is killed under the connection ends the query with an error, which is enough.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** Asks until it answers, for 10 s. */
export async function askPatiently(url: string, sql: string): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask(url, sql);
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(50);
    }
  }
}

const PROGRAM = `
const { startEmbeddedPostgres } = await import(process.argv[1]);
const options = JSON.parse(process.argv[2]);
try {
  const database = await startEmbeddedPostgres({ ...options, log() {} });
  process.on('SIGTERM', () => database.stop().then(() => process.exit(0)));
  setInterval(() => {}, 60_000);
  console.log(JSON.stringify({ url: database.url, pid: database.pid }));
  if (options.exitAfterStart) process.exit(0);
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}`;

export type Outcome = { url: string; pid: number; code?: undefined } | { code: string; message: string };
export type Program = { child: ChildProcess; outcome: Promise<Outcome> };

export type ProgramSettings = {
  dataDir?: string;
  /** The program forgets to stop its database. */
  exitAfterStart?: boolean;
  env?: NodeJS.ProcessEnv;
  /** Stands before the command line, to change the user. */
  prefix?: string[];
  node?: string;
  entry?: string;
};

/**
 * A program of its own that starts the database; SIGTERM stops both. It leads a process group, as a
 * program does that was started in a terminal.
 */
function startProgram(dataDir: string, settings: ProgramSettings): Program {
  const entry = settings.entry ?? new URL('./embedded-postgres.ts', import.meta.url).href;
  const options = JSON.stringify({ dataDir, durability: 'none', exitAfterStart: settings.exitAfterStart });
  const node = settings.node ?? process.execPath;
  const args = [...(settings.prefix ?? []), node, '--input-type=module', '-e', PROGRAM, entry, options];
  const child = spawn(args[0] ?? node, args.slice(1), {
    detached: true,
    cwd: '/',
    env: settings.env ?? process.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: 'ended',
    message: `${code ?? signal}`,
  }));
  const said = once(lines, 'line').then(([line]) => JSON.parse(String(line)) as Outcome);
  return { child, outcome: Promise.race([said, ended]) };
}

/** The outcome of a program that is to succeed. */
export async function running(program: Program): Promise<{ url: string; pid: number }> {
  const outcome = await program.outcome;
  assert.ok('url' in outcome, `the program should run: ${JSON.stringify(outcome)}`);
  return outcome;
}

export async function endProgram(program: Program, signal: NodeJS.Signals): Promise<void> {
  const { child } = program;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
