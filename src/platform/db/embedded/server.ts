import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { explainFailure } from './embedded-postgres-error.ts';
import { cleanEnvironment } from './environment.ts';
import type { ClusterContext } from './cluster.ts';

export type ServerContext = ClusterContext & { settings: Record<string, string> };
export type Server = { child: ChildProcess; pid: number; port: number; exited: Promise<string> };

const READY_POLL_MS = 5;
const READY_TIMEOUT_MS = 60_000;

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

function isReady(cluster: string, pid: number): boolean {
  try {
    const lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

export async function startServer(context: ServerContext, port: number): Promise<Server> {
  const cluster = path.join(context.dataDir, 'cluster');
  const logFile = path.join(context.dataDir, 'postgres.log');
  const settings = Object.entries({ ...context.settings, port: String(port) });
  const args = ['-D', cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const [command = '', ...rest] = [...context.runAs.prefix, context.binaries.postgres, ...args];
  const log = openSync(logFile, 'a', 0o600);
  const before = statSync(logFile).size;
  const child = spawn(command, rest, {
    env: cleanEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
    ...context.runAs.user,
  });
  closeSync(log);
  let ended: string | undefined;
  const exited = new Promise<string>((resolve) => {
    const end = (how: string): void => resolve((ended = how));
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit status ${code}`));
  });
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (child.pid === undefined || !isReady(cluster, child.pid)) {
    await Promise.race([sleep(READY_POLL_MS), exited]);
    if (ended !== undefined || Date.now() > deadline) {
      child.kill('SIGQUIT');
      const said = readFileSync(logFile).subarray(before).toString();
      throw explainFailure(ended ?? 'it did not become ready', said, context.dataDir);
    }
  }
  return { child, pid: child.pid, port, exited };
}
