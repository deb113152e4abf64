import { readFileSync } from 'node:fs';
import path from 'node:path';
import { clusterFolder, readPassword } from './cluster.ts';

/**
 * The address of the database that another program runs in this data folder, from what the two leave there;
 * undefined where that cannot be read, or it is not ready yet. Whoever can read the password may use it.
 */
export function findRunningUrl(dataDir: string): string | undefined {
  try {
    // postmaster.pid: line 4 is the port, line 8 the state.
    const lines = readFileSync(path.join(clusterFolder(dataDir), 'postmaster.pid'), 'utf8').split('\n');
    const port = Number(lines[3]);
    const password = readPassword(dataDir);
    if (!Number.isInteger(port) || lines[7]?.trim() !== 'ready' || password === undefined) return undefined;
    return `postgresql://lms:${password}@127.0.0.1:${port}/lms`;
  } catch {
    return undefined;
  }
}
