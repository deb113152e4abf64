import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';

const HAS_PROC = existsSync('/proc/self/stat');

function ps(pid: number, columns: string): string {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  const result = spawnSync('ps', ['-ww', '-o', columns, '-p', String(pid)], { encoding: 'utf8', env });
  return result.status === 0 ? result.stdout.trim() : '';
}

function readOrUndefined(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** As `processStart`, for systems without /proc (macOS). */
export function processStartByPs(pid: number): string | undefined {
  const [, state, start] = /^(\S+)\s+(.+)$/s.exec(ps(pid, 'stat=,lstart=')) ?? [];
  return state === undefined || state.startsWith('Z') ? undefined : start;
}

/**
 * When the process started, in a form that no other process on this machine shares together with the
 * same pid; undefined where there is no such process. A zombie counts as gone: where nobody reaps it
 * (a container without an init), it would stay for ever.
 */
export function processStart(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (!HAS_PROC) return processStartByPs(pid);
  const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  // proc(5): the second field is the name in parentheses, which may itself hold spaces and parentheses;
  // state is field 3, the start (in ticks since boot) field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = readOrUndefined(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  return `${boot ?? ''}:${fields[19]}`;
}

/** The command line of a living process, its arguments joined by blanks; empty where it cannot be read. */
export function processCommand(pid: number): string {
  if (!HAS_PROC) return ps(pid, 'command=');
  return (readOrUndefined(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '')
    .replaceAll('\0', ' ')
    .trim();
}

/** The working folder of a living process; undefined where it cannot be read. */
export function processFolder(pid: number): string | undefined {
  return HAS_PROC ? readOrUndefined(() => readlinkSync(`/proc/${pid}/cwd`)) : undefined;
}
