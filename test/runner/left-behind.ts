import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** A process that test files started and that outlives theirs. `file`: their names. */
export type LeftBehind = { pid: number; command: string; file: string };

/**
 * The processes that carry the mark of test files (see `mark.ts`) while the files' own process is gone.
 * Read from /proc: where there is none (macOS), nothing is found. `folder` is LMS_TEST_FOLDER.
 */
export function findLeftBehind(folder: string): LeftBehind[] {
  return runningPids().flatMap((pid) => {
    const owner = ownerOf(pid, folder);
    if (owner === undefined || owner === pid || isRunning(owner)) return [];
    const file = readOr(path.join(folder, String(owner), 'file'), 'an unknown file');
    return [{ pid, file, command: commandOf(pid).slice(0, 200) }];
  });
}

/** All processes whose command or working directory lies in the folder, or that carry its mark. */
export function findAllIn(folder: string): number[] {
  return runningPids().filter((pid) => {
    if (pid === process.pid) return false;
    return (
      environmentOf(pid).get('LMS_TEST_FOLDER')?.startsWith(folder) === true ||
      workingDirectory(pid).startsWith(`${folder}/`) ||
      commandOf(pid).includes(`${folder}/`)
    );
  });
}

/** SIGKILL; a process that is gone already is no error. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone since we looked.
    }
  }
}

export function isRunning(pid: number): boolean {
  if (!existsSync('/proc/self')) return isKnown(pid);
  // The state follows the command in parentheses. Z: ended, and its parent has not asked yet.
  const stat = readOr(`/proc/${pid}/stat`, '');
  return stat !== '' && !/^.*\) [ZX]/s.test(stat);
}

function isKnown(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function runningPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter(isRunning);
  } catch {
    return [];
  }
}

/** The process id of the test file that the process belongs to. */
function ownerOf(pid: number, folder: string): number | undefined {
  const environment = environmentOf(pid);
  const marked = environment.get('LMS_TEST_FOLDER') === folder ? environment.get('LMS_TEST_PID') : undefined;
  // PostgreSQL starts with an environment of its own, but works in the folder that its test gave it.
  const found = marked ?? folderNumber(`${workingDirectory(pid)}/ ${commandOf(pid)}`, folder);
  return found === undefined ? undefined : Number(found);
}

/** `42` of `…FOLDER/42/…`. */
function folderNumber(text: string, folder: string): string | undefined {
  const at = text.indexOf(`${folder}/`);
  return at === -1 ? undefined : /^\d+(?=\/)/.exec(text.slice(at + folder.length + 1))?.[0];
}

function environmentOf(pid: number): Map<string, string> {
  const pairs = readOr(`/proc/${pid}/environ`, '').split('\0');
  return new Map(pairs.map((pair) => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]));
}

function commandOf(pid: number): string {
  return readOr(`/proc/${pid}/cmdline`, '').replaceAll('\0', ' ').trim();
}

function workingDirectory(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
