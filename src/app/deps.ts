import { addFigures } from '#features/admin/figures.ts';
import { addAuditFigures } from '#features/audit/figures.ts';
import { addBackupFigures } from '#features/backups/figures.ts';
import { createAudit } from '#platform/audit/audit.ts';
import { createAccessTokens } from '#platform/auth/access-token.ts';
import { createGuessLimits } from '#platform/auth/guess-limits.ts';
import { createPasswords, type PasswordCost } from '#platform/auth/passwords.ts';
import { createSessionMemory } from '#platform/auth/session-memory.ts';
import { systemClock, type Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config/config.ts';
import { createEncryption } from '#platform/crypto.ts';
import { openDatabase, type Database } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { createFileTickets } from '#platform/files/file-ticket.ts';
import { createScanner, type Scanner } from '#platform/files/scanner.ts';
import { openFileStore } from '#platform/files/open-store.ts';
import { createEvents } from '#platform/events.ts';
import { createJobEngine, type JobEngine } from '#platform/jobs/jobs.ts';
import { keptWhileUsed } from '#platform/kept-while-used.ts';
import type { Logger } from '#platform/log.ts';
import { countMails, createMailTransport } from '#platform/mail/transport.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import { createOutboundHttp } from '#platform/outbound-http/outbound-http.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { openRedis, type RedisConnection } from '#platform/redis.ts';
import { openSignals } from '#platform/signals.ts';
import type { Tracer } from '#platform/trace/tracer.ts';
import { createWake } from '#platform/wake.ts';
import { eventCatalogue } from './event-types.ts';
import { follower, reactions } from './events.ts';
import { addOwnFigures } from './own-figures.ts';

// Parsed, they fill some 60 MB, and certificates come by courses.
const fontsKeptMs = 60_000;

// Somebody waits before a browser meanwhile.
const providerTimeoutMs = 5_000;
// The keys of large providers come to some 20 kB.
const providerAnswerBytes = 262_144;

export type RoleName = 'api' | 'worker' | 'scheduler' | 'all';

export type OpenDeps = {
  deps: Deps;
  database: Database;
  engine: JobEngine;
  metrics: Metrics;
  redis: RedisConnection | null;
  /** What a start still has to do before it serves. */
  preparing: { isOver: boolean };
  /** Stops what was opened, in reverse. */
  close(): Promise<void>;
};

export type OpenOptions = {
  config: Config;
  databaseUrl: string;
  log: Logger;
  role: RoleName;
  clock?: Clock;
  /** That which OWASP asks for, unless given: tests sign in too often for it. */
  passwordCost?: PasswordCost | undefined;
  /** Closed with the rest. */
  tracer?: Tracer | null;
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
    isPreparing: config.databasePreparedStatements,
    instanceName: role,
  });
  const redis = config.redisUrl === null ? null : openRedis(config.redisUrl, log);
  const metrics = createMetrics();
  const deps = makeDeps(options, { database, engine, redis, metrics });
  addOwnFigures(metrics, { config, role, database, redis });
  if (role === 'scheduler' || role === 'all') {
    addFigures(metrics, deps);
    addBackupFigures(metrics, deps);
    addAuditFigures(metrics, deps);
  }
  return {
    deps,
    database,
    engine,
    metrics,
    redis,
    preparing: { isOver: true },
    async close() {
      closing.abort();
      await engine
        .stop(config.shutdownTimeoutSeconds * 1000)
        .catch((error: unknown) => log.warn({ err: error }, 'job engine: did not stop cleanly'));
      deps.signals.close();
      deps.outbound.close();
      deps.identityProviders.close();
      deps.mail.close();
      await deps.tracer?.close();
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
    isPreparing: config.databasePreparedStatements,
    onError: (error) => {
      if (closing.aborted) return;
      warn(log, 'connection', { err: error }, 'database: a connection broke; the next request opens another');
    },
    onStatement,
  });
}

function makeDeps(
  { config, log, clock = systemClock, tracer = null, passwordCost }: OpenOptions,
  { database: { db }, engine, redis, metrics }: Pick<OpenDeps, 'database' | 'engine' | 'redis' | 'metrics'>,
): Deps {
  const signals = openSignals(redis);
  const tokenLifetimeSeconds = config.accessTokenExpireMinutes * 60;
  return {
    config,
    db,
    files: openFileStore(config, log),
    fileTickets: createFileTickets(config.secretKey, config.secretKeyPrevious),
    scanner: openScanner(config, metrics),
    jobs: engine,
    events: createEvents(engine, {
      catalogue: eventCatalogue,
      reactions,
      follower,
      count: metrics.events,
    }),
    audit: createAudit(clock),
    outbound: createOutboundHttp({ allowPrivateAddresses: config.webhooksAllowPrivateAddresses }),
    identityProviders: createOutboundHttp({
      allowPrivateAddresses: config.ssoAllowPrivateAddresses,
      timeoutMs: providerTimeoutMs,
      maxAnswerBytes: providerAnswerBytes,
      keptAnswerBytes: providerAnswerBytes,
    }),
    deliveriesDue: createWake(),
    passwords: createPasswords(passwordCost),
    accessTokens: createAccessTokens({
      secretKey: config.secretKey,
      previousSecretKey: config.secretKeyPrevious,
      publicUrl: config.publicUrl,
      lifetimeSeconds: tokenLifetimeSeconds,
    }),
    sessions: createSessionMemory({
      redis,
      signals,
      tokenLifetimeSeconds,
      keepsActors: !config.accessTokenBlacklistFailClosed,
    }),
    guesses: createGuessLimits({
      redis,
      clock,
      isEnabled: config.rateLimitsEnabled,
      onRefused: (tier) => metrics.http.rateLimitRefusals.inc({ budget: tier }),
    }),
    signals,
    encryption: createEncryption(config.encryptionKey, config.encryptionKeyPrevious),
    mail: countMails(createMailTransport(config), metrics.mails),
    clock,
    log,
    tracer,
    trace: null,
    fonts: keptWhileUsed(async () => (await import('#platform/pdf/fonts.ts')).loadFonts(), fontsKeptMs),
  };
}

function openScanner({ clamdUrl }: Config, { scans }: Metrics): Scanner | null {
  if (clamdUrl === null) return null;
  return createScanner({ url: clamdUrl, count: (outcome) => scans.inc({ outcome }) });
}
