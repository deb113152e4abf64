import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError, explainFailure } from './embedded-postgres-error.ts';
import { cleanEnvironment } from './environment.ts';
import type { RunAs } from './run-as.ts';

/** `dataDir` is absolute and free of symbolic links; `fsync` false is for tests. */
export type ClusterContext = { dataDir: string; binaries: Binaries; runAs: RunAs; fsync: boolean };

const DRAFT_PREFIX = 'cluster.new-';

// Full text search and trigrams ask the C library what a letter is, whatever the collation's provider,
// and in C only ASCII is. The names are tried in turn: older systems and macOS have no C.UTF-8.
const CTYPES = ['C.UTF-8', 'en_US.UTF-8'];

export function clusterFolder(dataDir: string): string {
  return path.join(dataDir, 'cluster');
}

async function run(context: ClusterContext, program: string, args: string[], input = ''): Promise<void> {
  const { runAs, dataDir } = context;
  const [command = program, ...rest] = [...runAs.prefix, program, ...args];
  const child = spawn(command, rest, {
    cwd: dataDir,
    env: cleanEnvironment(),
    detached: true,
    ...runAs.user,
  });
  // A program that ended early has said why; that it read no input does not matter then.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (code !== 0) throw explainFailure(path.basename(program), out + err, dataDir);
}

// Its own: this folder uses nothing outside itself, so that it also runs where it was copied to alone.
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function passwordFile(dataDir: string): string {
  return path.join(dataDir, 'password');
}

export function readPassword(dataDir: string): string | undefined {
  const file = passwordFile(dataDir);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

async function writePassword(context: ClusterContext): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const file = passwordFile(context.dataDir);
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600, flush: context.fsync });
  const { owner } = context.runAs;
  if (owner !== undefined) chownSync(`${file}.new`, owner.uid, owner.gid);
  await rename(`${file}.new`, file);
  return password;
}

/** Statements for the server without network and clients, one a line; the first that fails ends it. */
async function runStatements(context: ClusterContext, folder: string, statements: string[]): Promise<void> {
  const fsync = `fsync=${context.fsync ? 'on' : 'off'}`;
  const args = ['--single', '-D', folder, '-c', 'exit_on_error=on', '-c', fsync, 'template1'];
  await run(context, context.binaries.postgres, args, `${statements.join('\n')}\n`);
}

async function initdb(context: ClusterContext, draft: string, ctypes = CTYPES): Promise<void> {
  const [ctype = 'C', ...others] = ctypes;
  const args = [
    '-D',
    draft,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile(context.dataDir)}`,
  ];
  args.push('-E', 'UTF8', '--locale=C', `--lc-ctype=${ctype}`);
  if (context.binaries.major >= 17) args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  if (!context.fsync) args.push('--no-sync');
  try {
    await run(context, context.binaries.initdb, args);
  } catch (error) {
    const unknownLocale = error instanceof Error && error.message.includes('invalid locale name');
    if (!unknownLocale || others.length === 0) throw error;
    await initdb(context, draft, others);
  }
}

async function createCluster(context: ClusterContext): Promise<string> {
  const { dataDir } = context;
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(DRAFT_PREFIX)) continue;
    // Retried, for the initdb of a killed program may still be writing there.
    await rm(path.join(dataDir, name), { recursive: true, force: true, maxRetries: 5 });
  }
  const password = await writePassword(context);
  const draft = path.join(dataDir, `${DRAFT_PREFIX}${randomBytes(6).toString('hex')}`);
  try {
    mkdirSync(draft, { mode: 0o700 });
    const { owner } = context.runAs;
    if (owner !== undefined) chownSync(draft, owner.uid, owner.gid);
    await initdb(context, draft);
    await runStatements(context, draft, [
      `create role lms login createdb createrole replication password '${password}'`,
      // In template1, so that every database made from it lets lms take a base backup.
      'grant execute on function pg_backup_start(text, boolean), pg_backup_stop(boolean) to lms',
      'create database lms owner lms',
    ]);
    await rename(draft, clusterFolder(dataDir));
    if (context.fsync) await syncFolder(dataDir);
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  }
  return password;
}

function requireMajor(folder: string, binaries: Binaries): void {
  const found = readFileSync(path.join(folder, 'PG_VERSION'), 'utf8').trim();
  if (found === String(binaries.major)) return;
  throw new EmbeddedPostgresError(
    'version_mismatch',
    `The data folder ${path.dirname(folder)} was made by PostgreSQL ${found}, and this program brings ${binaries.major}: set DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL ${found}.`,
  );
}

/**
 * Makes the cluster with role and database `lms` where there is none. It is built in a folder beside
 * its place and renamed last, so that being killed in the middle leaves nothing half made.
 * Returns the password of `lms` and of the superuser `postgres`.
 */
export async function ensureCluster(
  context: ClusterContext,
  prepare: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = clusterFolder(context.dataDir);
  if (!existsSync(folder)) return createCluster(context);
  requireMajor(folder, context.binaries);
  await prepare(folder);
  const known = readPassword(context.dataDir);
  if (known !== undefined) return known;
  const password = await writePassword(context);
  await runStatements(context, folder, [
    `alter role postgres password '${password}'`,
    `alter role lms password '${password}'`,
  ]);
  return password;
}
