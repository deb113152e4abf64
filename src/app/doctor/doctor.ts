import path from 'node:path';
import { systemClock, type Clock } from '#platform/clock.ts';
import { examineSettings, type Config, type ConfigInput } from '#platform/config/config.ts';
import { openDatabase, type Db } from '#platform/db/database.ts';
import { findRunningUrl } from '#platform/db/embedded/running.ts';
import { checkAccount } from './check-account.ts';
import { checkBackups } from './check-backups.ts';
import { checkMigrations, checkServer } from './check-database.ts';
import { checkDisks, checkSettings, checkVersions } from './check-program.ts';
import { checkQueues } from './check-queues.ts';
import { checkMail, checkRedis, checkStorage } from './check-services.ts';
import { failed, skipped, type Check, type Finding } from './finding.ts';

const statementTimeoutMs = 10_000;

/**
 * Looks at all that the program needs and says what is not well and what to do about it. Changes nothing, but for small
 * files that it writes and removes. Goes on where something cannot be looked at. `clock`: ours, to compare with that of
 * the database.
 */
export async function examineSystem(input: ConfigInput, clock: Clock = systemClock): Promise<Finding[]> {
  const { config, reasons, warnings } = examineSettings(input, { mayWrite: false });
  const found = await Promise.all([
    checkDatabase(config, clock),
    attempt('redis', () => checkRedis(config)),
    attempt('mail', () => checkMail(config)),
    attempt('storage', () => checkStorage(config)),
    attempt('backups', () => checkBackups(config, clock)),
    attempt('disk', () => checkDisks(config)),
  ]);
  return [...checkVersions(config), ...checkSettings(config, reasons, warnings), ...found.flat()];
}

async function checkDatabase(config: Config, clock: Clock): Promise<Finding[]> {
  const url = config.databaseUrl ?? findRunningUrl(path.join(config.dataDir, 'postgres'));
  if (url === undefined)
    return [skipped('database', 'the embedded database does not run: "lms all" starts and migrates it')];
  const database = openDatabase({
    url,
    poolSize: 1,
    statementTimeoutMs,
    lockTimeoutMs: statementTimeoutMs,
    idleInTransactionTimeoutMs: statementTimeoutMs,
    applicationName: 'lms-doctor',
    isPreparing: false,
    // Told by the statement that fails.
    onError: () => {},
  });
  try {
    return await lookInto(database.db, { config, url, clock });
  } finally {
    await database.close();
  }
}

async function lookInto(db: Db, server: { config: Config; url: string; clock: Clock }): Promise<Finding[]> {
  const found = await checkServer(db, server);
  if (found.length === 1) return found;
  const account = await attempt('account', () => checkAccount(db, server.config));
  if (account.some(({ status }) => status === 'failed')) return [...found, ...account];
  found.push(...account);
  const migrations = await attempt('migrations', () => checkMigrations(db));
  if (migrations.some(({ status }) => status === 'failed')) return [...found, ...migrations];
  return [...found, ...migrations, ...(await attempt('queues', () => checkQueues(db)))];
}

/** What a check did not foresee is a finding too; its text may hold what nobody should read. */
async function attempt(name: string, check: Check): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    const { name: kind, code } = (error ?? {}) as { name?: unknown; code?: unknown };
    return [
      failed(name, `cannot be looked at (${String(code ?? kind)})`, 'Look into the log of the program.'),
    ];
  }
}
