import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { clusterFolder, type ClusterContext } from './cluster.ts';
import { explainFailure } from './embedded-postgres-error.ts';
import { cleanEnvironment } from './environment.ts';
import { readLogSince } from './server-log.ts';

export type ServerContext = ClusterContext & { settings: Record<string, string> };

/** A running postgres. `exited` resolves, with a word on how, when the process is gone. */
export type Server = { pid: number; port: number; exited: Promise<string>; ref(): void };

const READY_POLL_MS = 4;
// Recovery after a crash of the machine may take this long.
const READY_TIMEOUT_MS = 120_000;

export function logFileOf(dataDir: string): string {
  return path.join(dataDir, 'postgres.log');
}

/** A TCP port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}

/** Lines of postmaster.pid: 1 is the pid, 8 the state. Asking the file is faster than connecting. */
function isReady(cluster: string, pid: number): boolean {
  try {
    const lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/** Sends a signal; a process that is gone already is no error. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Fast shutdown, then immediate, then by force. Resolves when `exited` does. */
export async function shutDown(pid: number, exited: Promise<unknown>): Promise<void> {
  const steps = [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ] as const;
  // A pid must not be signalled once the process is gone: it may be another's by now.
  if (await Promise.race([exited.then(() => true), turn(false)])) return;
  for (const [signal, patienceMs] of steps) {
    signalProcess(pid, signal);
    const patience = new AbortController();
    const over = sleep(patienceMs, false, { signal: patience.signal }).catch(() => false);
    const gone = await Promise.race([exited.then(() => true), over]);
    patience.abort();
    if (gone) return;
  }
}

type Spawned = { server: Server; said: () => string };

function spawnServer(context: ServerContext, port: number): Promise<Spawned> {
  const { dataDir, runAs, binaries } = context;
  const settings = Object.entries({ ...context.settings, port: String(port) });
  const args = [
    '-D',
    clusterFolder(dataDir),
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const [command = '', ...rest] = [...runAs.prefix, binaries.postgres, ...args];
  const logFile = logFileOf(dataDir);
  const log = openSync(logFile, 'a', 0o600);
  const before = fstatSync(log).size;
  const env = cleanEnvironment();
  // Detached: a session of its own, which the terminal's Ctrl-C does not reach.
  const child = spawn(command, rest, {
    cwd: dataDir,
    env,
    detached: true,
    stdio: ['ignore', log, log],
    ...runAs.user,
  });
  closeSync(log);
  const { pid } = child;
  // A program that ends without having stopped its database takes it along.
  const atExit = (): void => signalProcess(pid ?? 0, 'SIGINT');
  if (pid !== undefined) process.once('exit', atExit);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      process.removeListener('exit', atExit);
      resolve(signal === null ? `with status ${code}` : `by ${signal}`);
    });
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      const said = (): string => readLogSince(logFile, before);
      resolve({ server: { pid: pid ?? 0, port, exited, ref: () => child.ref() }, said });
      child.unref();
    });
  });
}

/**
 * Starts postgres and waits until it takes connections; an abort of `signal` stops it again.
 *
 * @throws EmbeddedPostgresError with what the server said as its `cause`
 */
export async function startServer(
  context: ServerContext,
  port: number,
  signal?: AbortSignal,
): Promise<Server> {
  const { server, said } = await spawnServer(context, port);
  const cluster = clusterFolder(context.dataDir);
  let ended: string | undefined;
  void server.exited.then((how) => (ended = how));
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!isReady(cluster, server.pid)) {
    await sleep(READY_POLL_MS);
    if (ended === undefined && Date.now() < deadline && signal?.aborted !== true) continue;
    await shutDown(server.pid, server.exited);
    const output = said();
    throw explainFailure(`postgres ended ${ended ?? 'before it was ready'}`, output, context.dataDir, {
      cause: new Error(output),
    });
  }
  return server;
}
