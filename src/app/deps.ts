import { addFigures } from '#features/admin/figures.ts';
import { createAccessTokens } from '#platform/auth/access-token.ts';
import { systemClock, type Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config/config.ts';
import { createEncryption } from '#platform/crypto.ts';
import { openDatabase, type Database } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { createEvents } from '#platform/events.ts';
import { createJobEngine, type JobEngine } from '#platform/jobs/jobs.ts';
import type { Logger } from '#platform/log.ts';
import { createMailTransport } from '#platform/mail/transport.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { openRedis, type RedisConnection } from '#platform/redis.ts';
import { reactions } from './events.ts';

export type RoleName = 'api' | 'worker' | 'scheduler' | 'all';

export type OpenDeps = {
  deps: Deps;
  database: Database;
  engine: JobEngine;
  metrics: Metrics;
  redis: RedisConnection | null;
  /** Stops what was opened, in reverse. */
  close(): Promise<void>;
};

export type OpenOptions = {
  config: Config;
  databaseUrl: string;
  log: Logger;
  role: RoleName;
  clock?: Clock;
  onStatement?: (sql: string) => void;
};

/** Opens what commands, queries and jobs need. Nothing connects before it is used. */
export function openDeps(options: OpenOptions): OpenDeps {
  const { config, log, role } = options;
  const closing = new AbortController();
  const database = openPool(options, closing.signal);
  const engine = createJobEngine({
    databaseUrl: options.databaseUrl,
    log,
    isScheduler: role === 'scheduler' || role === 'all',
    isWorker: role === 'worker' || role === 'all',
    instanceName: role,
  });
  const redis = config.redisUrl === null ? null : openRedis(config.redisUrl, log);
  const deps = makeDeps(options, database, engine);
  const metrics = createMetrics();
  addFigures(metrics, { ...deps, poolCounts: () => database.poolCounts() });
  return {
    deps,
    database,
    engine,
    metrics,
    redis,
    async close() {
      closing.abort();
      await engine
        .stop(config.shutdownTimeoutSeconds * 1000)
        .catch((error: unknown) => log.warn({ err: error }, 'job engine: did not stop cleanly'));
      deps.mail.close();
      await redis?.close();
      await database.close();
    },
  };
}

function openPool(
  { config, databaseUrl, log, role, onStatement }: OpenOptions,
  closing: AbortSignal,
): Database {
  const warn = createSparseWarn();
  return openDatabase({
    url: databaseUrl,
    poolSize: config.databasePoolSize,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
    lockTimeoutMs: config.databaseLockTimeoutMs,
    idleInTransactionTimeoutMs: config.databaseIdleInTransactionTimeoutMs,
    applicationName: `lms-${role}`,
    onError: (error) => {
      if (closing.aborted) return;
      warn(log, 'connection', { err: error }, 'database: a connection broke; the next request opens another');
    },
    onStatement,
  });
}

function makeDeps(
  { config, log, clock = systemClock }: OpenOptions,
  { db }: Database,
  engine: JobEngine,
): Deps {
  return {
    config,
    db,
    jobs: engine,
    events: createEvents(engine, reactions),
    accessTokens: createAccessTokens({
      secretKey: config.secretKey,
      previousSecretKey: config.secretKeyPrevious,
      publicUrl: config.publicUrl,
      lifetimeSeconds: config.accessTokenExpireMinutes * 60,
    }),
    encryption: createEncryption(config.encryptionKey, config.encryptionKeyPrevious),
    mail: createMailTransport(config),
    clock,
    log,
    fonts: onceLoaded(async () => (await import('#platform/pdf/fonts.ts')).loadFonts()),
  };
}

function onceLoaded<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return async () => {
    loaded ??= load();
    try {
      return await loaded;
    } catch (error) {
      loaded = undefined;
      throw error;
    }
  };
}
