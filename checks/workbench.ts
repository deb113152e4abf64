import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';

const COMMAND_TIMEOUT_MS = 10 * 60_000;
const BIN = path.join(import.meta.dirname, '..', 'node_modules/.bin');

/** What the steps need of the machine: programs of node_modules, and one PostgreSQL with fresh databases. */
export type Workbench = {
  /** Runs a program of node_modules/.bin to its end and returns its output; throws the output when it fails. */
  run(program: string, args: readonly string[], environment?: Record<string, string>): Promise<string>;
  /** The address of a new, empty database. The server is started by the first call. */
  newDatabase(): Promise<string>;
  /** A folder that is removed with the workbench. */
  newFolder(): Promise<string>;
  close(): Promise<void>;
};

export function openWorkbench(): Workbench {
  const closers: (() => Promise<void>)[] = [];
  let server: Promise<string> | undefined;
  let count = 0;

  async function newFolder(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'lms-check-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  async function startServer(): Promise<string> {
    const dataDir = path.join(await newFolder(), 'database');
    const started = await startEmbeddedPostgres({ dataDir, durability: 'none', log() {} });
    closers.push(() => started.stop());
    return started.url;
  }

  return {
    run,
    newFolder,
    async newDatabase() {
      const url = new URL(await (server ??= startServer()));
      const name = `check_${(count += 1)}`;
      await query(url.href, `create database ${name}`);
      url.pathname = `/${name}`;
      return url.href;
    },
    async close() {
      await server?.catch(() => undefined);
      for (const closeOne of closers.toReversed()) await closeOne();
    },
  };
}

/** One statement on a connection of its own. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function run(
  program: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const { FORCE_COLOR: _color, NODE_TEST_CONTEXT: _context, ...inherited } = process.env;
  const child = spawn(path.join(BIN, program), args, {
    env: {
      ...inherited,
      NO_COLOR: '1',
      PATH: `${BIN}${path.delimiter}${process.env['PATH'] ?? ''}`,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let both = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    both += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => (both += chunk.toString()));
  // A program that is not there is reported like one that fails.
  child.once('error', (error) => (both += error.message));
  await once(child, 'close').catch(() => undefined);
  if (child.exitCode !== 0) {
    throw new Error(
      `${program} ended with ${child.exitCode ?? child.signalCode ?? 'no start'}\n${both.trim()}`,
    );
  }
  return stdout;
}
