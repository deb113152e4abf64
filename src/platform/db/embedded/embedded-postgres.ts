import { constants, existsSync } from 'node:fs';
import { access, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries, type Binaries } from './binaries.ts';
import { clusterFolder, ensureCluster } from './cluster.ts';
import { explainThrown } from './embedded-postgres-error.ts';
import { clearOrphan } from './orphan.ts';
import { claimDataDir } from './owner-file.ts';
import { chooseRunAs, giveCluster } from './run-as.ts';
import { boundLog, keepLogBounded } from './server-log.ts';
import { freePort, logFileOf, startServer, type Server, type ServerContext } from './server.ts';
import { serverSettings, type EmbeddedPostgresOptions } from './settings.ts';
import { supervise } from './supervise.ts';

export { EmbeddedPostgresError } from './embedded-postgres-error.ts';
export type { EmbeddedPostgresOptions } from './settings.ts';

export type EmbeddedPostgres = {
  /** `postgresql://…` for node-postgres and for clients like psql. */
  url: string;
  /** The database's process now; it is another one after the database had to be started again. */
  readonly pid: number;
  /** Fast shutdown; resolves when the process is gone. May be called again. */
  stop(): Promise<void>;
};

const START_ATTEMPTS = 20;
const RETRY_MS = 100;

// What passes by itself: the server of a killed program that was just starting too, children of a
// killed server that still hold its memory, a port that somebody took between our look and the start.
const PASSING =
  /lock file "postmaster\.pid"|pre-existing shared memory block|could not create any TCP\/IP sockets/;

async function endOrphan(cluster: string, log: EmbeddedPostgresOptions['log']): Promise<void> {
  const pid = await clearOrphan(cluster);
  if (pid !== undefined) log('info', 'stopped the database of a program that was killed', { pid });
}

async function startFirst(context: ServerContext, log: EmbeddedPostgresOptions['log']): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startServer(context, await freePort());
    } catch (error) {
      const said = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
      if (!PASSING.test(said) || attempt === START_ATTEMPTS) throw error;
      await sleep(RETRY_MS);
      await endOrphan(clusterFolder(context.dataDir), log);
    }
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    // A recursive mkdir reports a read-only disk as ENOENT: ask where its first step would have been.
    let parent = path.resolve(folder);
    while (!existsSync(parent)) parent = path.dirname(parent);
    await access(parent, constants.W_OK);
    throw error;
  }
}

async function startOwned(
  dataDir: string,
  binaries: Binaries,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const release = claimDataDir(dataDir);
  try {
    const runAs = chooseRunAs(dataDir, binaries);
    const settings = serverSettings(options);
    const context = { dataDir, binaries, runAs, settings, fsync: options.durability !== 'none' };
    const password = await ensureCluster(context, async (cluster) => {
      await endOrphan(cluster, options.log);
      giveCluster(runAs, cluster);
    });
    boundLog(logFileOf(dataDir));
    const server = await startFirst(context, options.log);
    const endLogCheck = keepLogBounded(logFileOf(dataDir));
    const { port } = server;
    options.log('info', `embedded PostgreSQL ${binaries.major} runs`, { pid: server.pid, port, dataDir });
    const supervised = supervise(context, server, options.log);
    const stop = async (): Promise<void> => {
      endLogCheck();
      await supervised.stop();
      release();
    };
    let stopped: Promise<void> | undefined;
    return {
      url: `postgresql://lms:${password}@127.0.0.1:${port}/lms`,
      get pid() {
        return supervised.pid;
      },
      stop: () => (stopped ??= stop()),
    };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Starts the PostgreSQL of `dataDir`, and creates it the first time, with a database `lms` (UTF8)
 * owned by the role `lms`. It listens on a free port of 127.0.0.1 alone and asks for the random
 * password of `dataDir/password`, which the superuser `postgres` has too. When its process ends by
 * itself it is started again at the same port.
 *
 * @throws EmbeddedPostgresError with one line that says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = findBinaries(options.packageName ?? 'embedded-postgres');
  try {
    await makeFolder(options.dataDir);
    return await startOwned(await realpath(options.dataDir), binaries, options);
  } catch (error) {
    throw explainThrown(error, options.dataDir);
  }
}
