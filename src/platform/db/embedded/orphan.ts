import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processCommand, processFolder, processStart } from './process-identity.ts';
import { shutDown } from './server.ts';

type Holder = 'server_of_this_cluster' | 'something_else' | 'unknown';

function recordedPid(cluster: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function whoIs(pid: number, cluster: string): Holder {
  const command = processCommand(pid);
  if (command !== '' && !command.includes('postgres')) return 'something_else';
  // A postmaster works in its data folder.
  const folder = processFolder(pid);
  if (folder !== undefined) return folder === cluster ? 'server_of_this_cluster' : 'something_else';
  return command.includes(cluster) ? 'server_of_this_cluster' : 'unknown';
}

async function untilGone(pid: number, startedAt: string): Promise<void> {
  while (processStart(pid) === startedAt) await sleep(5);
}

/**
 * Ends the server that a killed program left behind, and removes the lock file that a crash of the
 * machine left behind. To be called by the owner of the data folder only. Returns the pid of the
 * server that was stopped.
 *
 * It is stopped rather than adopted: its settings may be others than those asked for now, only a
 * child's end is reported at once, and stopping takes less than 50 ms.
 */
export async function clearOrphan(cluster: string): Promise<number | undefined> {
  const pid = recordedPid(cluster);
  const startedAt = pid === undefined ? undefined : processStart(pid);
  // A lock file of a dead process is one that postgres itself steps over.
  if (pid === undefined || startedAt === undefined) return undefined;
  const holder = whoIs(pid, cluster);
  if (holder === 'server_of_this_cluster') {
    await shutDown(pid, untilGone(pid, startedAt));
    return pid;
  }
  // After a reboot another program may have the pid, and postgres would take it for a server.
  if (holder === 'something_else') rmSync(path.join(cluster, 'postmaster.pid'), { force: true });
  return undefined;
}
