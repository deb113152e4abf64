import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { findAllIn, killAll } from './runner/left-behind.ts';
import { waitFor } from './wait.ts';

export const mainFile = path.join(import.meta.dirname, '..', 'src', 'main.ts');

export type ProgramOptions = {
  /** Beside the defaults: free ports of 127.0.0.1, keys where there is a DATABASE_URL, a DATA_DIR of its own. */
  env?: Record<string, string>;
  input?: string;
  /** Stands before the command line, to change the user. */
  prefix?: readonly string[];
  /** Instead of node and main.ts. */
  command?: readonly string[];
  node?: string;
  nodeOptions?: readonly string[];
  main?: string;
  cwd?: string;
};

export type Ended = { code: number | null; signal: NodeJS.Signals | null };

/** `main.ts` as a process of its own, at the head of a process group as one that a terminal started. */
export type Program = {
  pid: number;
  /** `http://127.0.0.1:PORT`; `baseUrl` with the prefix of the API. Empty before it listens. */
  readonly address: string;
  readonly baseUrl: string;
  stdout(): string;
  stderr(): string;
  /** Lines of the log so far, parsed. */
  logs(): Record<string, unknown>[];
  ended: Promise<Ended>;
  isRunning(): boolean;
  /** To the whole group, as a terminal sends Ctrl-C. */
  signal(name: NodeJS.Signals): void;
  /** Signals, then waits for the end; the exit status, or null where a signal ended it. */
  stop(name?: NodeJS.Signals): Promise<number | null>;
  /** `kill -9`: what the program started itself, such as its database, lives on until the test ends. */
  kill(): Promise<void>;
};

/** Starts it without waiting. It and all that it started end with the test. */
export function launchProgram(
  t: TestContext,
  args: readonly string[],
  options: ProgramOptions = {},
): Program {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-program-')));
  const env = environmentOf(folder, options.env ?? {});
  const { prefix = [], node = process.execPath, nodeOptions = [], main = mainFile } = options;
  const { command = [node, ...nodeOptions, main] } = options;
  const [program = node, ...rest] = [...prefix, ...command, ...args];
  const child = spawn(program, rest, { cwd: options.cwd ?? folder, env, detached: true, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (output.stderr += text));
  // A program that ends without reading its input is no error.
  child.stdin.on('error', () => {}).end(options.input ?? '');
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals) => void (child.pid && isRunning() && process.kill(-child.pid, name));
  const kill = async () => {
    signal('SIGKILL');
    await new Promise<void>((resolve) => (isRunning() ? child.once('exit', () => resolve()) : resolve()));
  };
  t.after(async () => {
    await kill();
    killAll([folder, env['DATA_DIR'] ?? folder].flatMap(findAllIn));
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const addressOf = () => /Server listening at (http:[^"\s]+)/.exec(output.stdout)?.[1] ?? '';
  return {
    pid: child.pid ?? 0,
    get address() {
      return addressOf();
    },
    get baseUrl() {
      return `${addressOf()}${env['API_V1_PREFIX'] ?? '/api/v1'}`;
    },
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    logs: () => logLinesOf(output.stdout),
    ended,
    isRunning,
    signal,
    kill,
    async stop(name = 'SIGTERM') {
      signal(name);
      return (await ended).code;
    },
  };
}

/** Starts it and waits until `ready` answers 200. Throws with what it said where it ends before. */
export async function startProgram(
  t: TestContext,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Program> {
  const program = launchProgram(t, args, options);
  await untilReady(program);
  return program;
}

export async function untilReady(program: Program, timeoutMs = 60_000): Promise<void> {
  await untilListening(program, timeoutMs);
  await waitFor(`${program.baseUrl}/ready`, async () => (await readyStatus(program)) === 200, timeoutMs);
}

/** Waits until it answers at all, ready or not. */
export async function untilListening(program: Program, timeoutMs = 60_000): Promise<void> {
  await waitFor('the program listens', () => program.address !== '' || !program.isRunning(), timeoutMs);
  if (program.address === '') throw new Error(`The program ended:\n${program.stdout()}${program.stderr()}`);
}

/** The status of `ready`, or 0 where nothing answers. Throws where the program has ended. */
export async function readyStatus(program: Program): Promise<number> {
  try {
    const response = await fetch(`${program.baseUrl}/ready`);
    await response.arrayBuffer();
    return response.status;
  } catch {
    if (!program.isRunning()) throw new Error(`The program ended:\n${program.stdout()}${program.stderr()}`);
    return 0;
  }
}

/** Runs a command to its end. */
export async function runCommand(
  t: TestContext,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ended & { stdout: string; stderr: string }> {
  const program = launchProgram(t, args, options);
  const ended = await program.ended;
  return { ...ended, stdout: program.stdout(), stderr: program.stderr() };
}

// Not the caller's own settings: only what every process needs, and the marks by which the test runner finds
// processes that stay behind.
function environmentOf(folder: string, own: Record<string, string>): Record<string, string> {
  const inherited = ['PATH', 'HOME', 'TMPDIR', 'LMS_TEST_FOLDER', 'LMS_TEST_PID'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const keys = {
    SECRET_KEY: '9f2c4b7e1d8a3065b1c7d94e20f8a6537c1e',
    ENCRYPTION_KEY: 'q7Jx0m3Vt9ZLcYw1uRk5Pd8GhNfBsA2eTiOxUvK4yCE=',
  };
  return {
    ...Object.fromEntries(inherited),
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    RATE_LIMITS_ENABLED: 'false',
    DATA_DIR: path.join(folder, 'data'),
    ...(own['DATABASE_URL'] !== undefined && keys),
    ...own,
  };
}

function logLinesOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
