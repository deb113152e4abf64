import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findAllIn, isRunning, killAll } from './left-behind.ts';

/** The temporary folders of one run, and the way to end whatever still works in them and to remove them. */
export type RunFolders = { folder: string; databaseFolder: string; remove(): void };

const inMemory = '/dev/shm';
// Some 13 MB a database, several for each process of tests, and the log.
const neededBytes = 4 * 2 ** 30;

/** The database's is kept in memory where there is plenty: half of what the tests cost it is to write files. */
export function makeRunFolders(): RunFolders {
  const folder = makeIn(tmpdir());
  const databaseFolder = hasRoom() ? makeIn(inMemory) : folder;
  const remove = () => {
    for (const one of new Set([folder, databaseFolder])) clear(one);
  };
  return { folder, databaseFolder, remove };
}

/** A run that was killed could not tidy up: ends what it started and removes its folders. */
export function removeRemains(): void {
  for (const parent of [tmpdir(), inMemory].filter((one) => existsSync(one)))
    for (const name of readdirSync(parent)) {
      const owner = /^lms-test-(\d+)-/.exec(name)?.[1];
      if (owner !== undefined && !isRunning(Number(owner))) clearRemains(path.join(parent, name));
    }
}

// Another run may be removing them, too; what cannot be removed now keeps nobody from testing.
function clearRemains(folder: string): void {
  try {
    clear(folder);
  } catch (error) {
    console.error(`${folder}, of an earlier run, could not be removed: ${String(error)}`);
  }
}

function makeIn(parent: string): string {
  const folder = mkdtempSync(path.join(parent, `lms-test-${process.pid}-`));
  // Like the folder that it stands in: some tests start programs as another user.
  chmodSync(folder, 0o755);
  return folder;
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    return bavail * bsize >= neededBytes;
  } catch {
    return false;
  }
}

/** The innermost first. */
function mountsBelow(folder: string): string[] {
  const file = '/proc/self/mounts';
  if (!existsSync(file)) return [];
  const places = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => place.startsWith(`${folder}/`)).toReversed();
}

function clear(folder: string): void {
  killAll(findAllIn(folder));
  // A test that was cut off may have left a place of ours mounted there, which must not be emptied with the folder.
  for (const place of mountsBelow(folder)) execFileSync('umount', ['--lazy', place]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
