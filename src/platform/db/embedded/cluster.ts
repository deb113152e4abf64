import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Binaries } from './binaries.ts';
import { explainFailure } from './embedded-postgres-error.ts';
import { cleanEnvironment } from './environment.ts';
import type { RunAs } from './run-as.ts';

export type ClusterContext = { dataDir: string; binaries: Binaries; runAs: RunAs; fsync: boolean };

async function run(context: ClusterContext, program: string, args: string[], input: string): Promise<string> {
  const [command = program, ...rest] = [...context.runAs.prefix, program, ...args];
  const child = spawn(command, rest, { env: cleanEnvironment(), detached: true, ...context.runAs.user });
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (code !== 0) throw explainFailure(path.basename(program), out + err, context.dataDir);
  return out + err;
}

export async function ensurePassword(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'password');
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const password = randomBytes(24).toString('base64url');
  const draft = `${file}.new`;
  await writeFile(draft, `${password}\n`, { mode: 0o600, flush: true });
  await rename(draft, file);
  return password;
}

export async function createCluster(context: ClusterContext, password: string): Promise<void> {
  const { dataDir, binaries, fsync } = context;
  const draft = path.join(dataDir, `cluster.new-${randomBytes(6).toString('hex')}`);
  const locale = ['-E', 'UTF8', '--locale=C', '--lc-ctype=C.UTF-8'];
  if (binaries.major >= 17) locale.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  const sync = fsync ? [] : ['--no-sync'];
  try {
    const auth = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${path.join(dataDir, 'password')}`];
    await run(context, binaries.initdb, ['-D', draft, ...locale, ...auth, ...sync], '');
    const statements = [
      `create role lms login createdb createrole replication password '${password}'`,
      'grant execute on function pg_backup_start(text, boolean), pg_backup_stop(boolean) to lms',
      'create database lms owner lms',
    ];
    const single = ['--single', '-D', draft, '-c', 'exit_on_error=on', '-c', `fsync=${fsync ? 'on' : 'off'}`];
    await run(context, binaries.postgres, [...single, 'template1'], `${statements.join('\n')}\n`);
    await rename(draft, path.join(dataDir, 'cluster'));
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}
