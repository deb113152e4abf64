import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { cleanEnvironment } from '#platform/db/embedded/environment.ts';
import { BackupError } from './backup-error.ts';

export type ProgramName = 'pg_dump' | 'pg_restore' | 'psql';
export type Running = {
  child: ChildProcessWithoutNullStreams;
  /** Resolves when it has ended well; throws `BackupError` with its last words. */
  ended: Promise<void>;
  kill: () => void;
};

/** What libpq understands of an address; drivers of other languages have parameters of their own. */
const libpqParameters = new Set([
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'host',
  'options',
  'channel_binding',
  'target_session_attrs',
]);

/** The address without its password, which would be seen in the list of processes, and the environment that has it. */
export function connectionOf(databaseUrl: string): { address: string; env: Record<string, string> } {
  const url = new URL(databaseUrl);
  const password = decodeURIComponent(url.password);
  url.password = '';
  const given = new Map(url.searchParams);
  for (const name of given.keys()) if (!libpqParameters.has(name)) url.searchParams.delete(name);
  const mode = given.get('sslmode') ?? (given.get('ssl') === 'true' ? 'require' : undefined);
  // node-postgres checks the certificate in all of these, and no-verify is its own word.
  if (mode === 'no-verify') url.searchParams.set('sslmode', 'require');
  else if (mode === 'require' || mode === 'verify-ca' || mode === 'verify-full') {
    url.searchParams.set('sslmode', 'verify-full');
    if (!given.has('sslrootcert')) url.searchParams.set('sslrootcert', 'system');
  }
  return { address: url.href, env: password === '' ? {} : { PGPASSWORD: password } };
}

/** Starts a program of PostgreSQL's client. Its output is the caller's to read. */
export function startProgram(
  name: ProgramName,
  args: readonly string[],
  env: Record<string, string>,
): Running {
  const child = spawn(name, args, { env: { ...cleanEnvironment(), ...env }, stdio: 'pipe' });
  // A program that ends early has said why; that it does not read its input any more does not matter then.
  child.stdin.on('error', () => {});
  const said = text(child.stderr);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const ended = (async () => {
    const code = await closed.catch((error: unknown) => {
      throw missing(name, error);
    });
    if (code !== 0) throw failed(name, await said);
  })();
  ended.catch(() => {});
  return { child, ended, kill: () => void child.kill('SIGKILL') };
}

/** The major version of the program on the PATH. Throws `BackupError` where there is none. */
async function majorOf(name: ProgramName): Promise<number> {
  const { child, ended } = startProgram(name, ['--version'], {});
  const [output] = await Promise.all([text(child.stdout), ended]);
  return Number(/\) (\d+)/.exec(output)?.[1] ?? 0);
}

/**
 * The major version of the program. Throws `BackupError` where it is older than the server, whose dumps it could not write or
 * read whole.
 */
export async function requireClient(name: ProgramName, serverMajor: number): Promise<number> {
  const major = await majorOf(name);
  if (major >= serverMajor) return major;
  throw new BackupError(
    `The database is PostgreSQL ${serverMajor}, and ${name} on the PATH is of ${major}: install the client of PostgreSQL ${serverMajor} or newer.`,
  );
}

function missing(name: ProgramName, error: unknown): Error {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') return error as Error;
  return new BackupError(
    `There is no ${name} on the PATH: install the client of PostgreSQL, such as Debian's postgresql-client.`,
  );
}

function failed(name: ProgramName, said: string): BackupError {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return new BackupError(`${name} failed: ${telling.slice(0, 300)}`);
}
