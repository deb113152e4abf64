import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';
import { migrate } from '#platform/db/migrate.ts';
import { dropDatabase } from '#test/database.ts';
import { installJobs } from '#platform/jobs/install.ts';

/** Keys that the measured programs and the measuring one share. */
export const keys = {
  SECRET_KEY: '9f2c4b7e1d8a3065b1c7d94e20f8a6537c1e',
  ENCRYPTION_KEY: 'q7Jx0m3Vt9ZLcYw1uRk5Pd8GhNfBsA2eTiOxUvK4yCE=',
  PUBLIC_URL: 'http://127.0.0.1:8000',
};

const root = path.join(import.meta.dirname, '..');

export type Program = { pid: number; url: string; stop(): Promise<void> };

export type Bench = {
  folder: string;
  /** Makes a migrated database, or a copy of another. Answers its address. */
  createDatabase(name: string, template?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** Runs a file of ours as a process of its own until it is stopped, with its output in a file of the folder. */
  startProgram(file: string, args: readonly string[], env: Record<string, string>): Promise<Program>;
  /** `npm start`, as a person gives it, until it is stopped. */
  startByNpm(env: Record<string, string>): Promise<Program>;
  /** Stops everything and removes the folder. */
  close(): Promise<void>;
};

/**
 * A PostgreSQL as `npm start` runs it: durable, every commit on disk, 64 MB of shared buffers. `statistics` has it
 * count what its statements cost.
 */
export async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lms-bench-'));
  const server = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'database'),
    log(level, message) {
      if (level === 'warn') console.error(message);
    },
  });
  const started: Program[] = [];
  const urlOf = (name: string) => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    folder,
    async createDatabase(name, template) {
      await query(urlOf('postgres'), `create database ${name}${template ? ` template ${template}` : ''}`);
      if (template === undefined) {
        await migrate(urlOf(name));
        await installJobs(urlOf(name));
      }
      return urlOf(name);
    },
    async dropDatabase(name) {
      await dropDatabase(urlOf('postgres'), name);
      await query(urlOf('postgres'), 'checkpoint').catch(() => {});
    },
    async startProgram(file, args, env) {
      const options = (process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter(Boolean);
      const command = [process.execPath, ...options, path.join(root, file), ...args];
      const program = await start(folder, command, args[0] === 'worker', env);
      started.push(program);
      return program;
    },
    async startByNpm(env) {
      const program = await start(folder, ['npm', 'start'], false, env);
      started.push(program);
      return program;
    },
    async close() {
      for (const program of started.toReversed()) await program.stop();
      await server.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** One statement on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** `main.ts` as in production, but without limits, on a free port; its log goes to a file. */
export function startRole(
  bench: Bench,
  role: string,
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<Program> {
  return bench.startProgram('src/main.ts', [role], {
    ...keys,
    DATABASE_URL: databaseUrl,
    DATA_DIR: path.join(bench.folder, 'data'),
    RATE_LIMITS_ENABLED: 'false',
    ...env,
  });
}

async function start(
  folder: string,
  [file = '', ...args]: readonly string[],
  isWorker: boolean,
  env: Record<string, string>,
): Promise<Program> {
  const port = await freePort();
  const metricsPort = await freePort();
  const logFile = path.join(folder, `${path.basename(file)}-${port}.log`);
  const log = openSync(logFile, 'a');
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(file, args, {
    cwd: root,
    // At the head of a group, which is what a terminal signals: npm and what it runs.
    detached: true,
    env: { PATH, HOME, HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: String(metricsPort), ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.once('exit', (code, signal) => {
    if (code === 0) return;
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10);
    console.error(`${file} ${args.join(' ')} ended, ${signal ?? code}:\n${lines.join('\n')}`);
  });
  const program = {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${isWorker ? metricsPort : port}`,
    stop: () => end(child),
  };
  await untilReady(child, `${program.url}/api/v1/ready`, folder);
  return program;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const signal = (name: NodeJS.Signals) => void (child.pid && process.kill(-child.pid, name));
  signal('SIGTERM');
  const kill = setTimeout(() => signal('SIGKILL'), 30_000);
  await gone;
  clearTimeout(kill);
}

async function untilReady(child: ChildProcess, url: string, folder: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`A program ended at its start; its log is in ${folder}.`);
    const isReady = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await sleep(50);
  }
  throw new Error(`${url} did not become ready.`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
