import { allowsDemoData } from '#platform/config/config.ts';
import { openDatabase, type Db } from '#platform/db/database.ts';
import { sqlStateOf } from '#platform/db/errors.ts';
import type { Deps } from '#platform/deps.ts';
import { PermanentError } from '#platform/jobs/definition.ts';
import { demoPassword } from './accounts.ts';
import { playAcademy } from './load.ts';
import { emptyDatabase, takeLoadLock } from './queries.ts';

/** `busy`: another process is loading it at this moment. */
export type ResetOutcome = 'reset' | 'notAllowed' | 'busy';

// Of the store of files: all that people bring, and what is drawn for them.
const prefixes = ['files/', 'pictures/', 'certificates/'] as const;

/**
 * Puts the demo academy, as it is on its first day, in the place of everything, in one transaction. Only where
 * DEMO_MODE says that all of it is made up: a database that merely may be given demo data is somebody's.
 */
export async function resetDemoAcademy(deps: Deps): Promise<ResetOutcome> {
  if (!deps.config.demoMode || !allowsDemoData(deps.config)) return 'notAllowed';
  const passwordHash = await deps.passwords.hash(demoPassword);
  // Those of now; what is drawn after the reset must stay.
  const keys = await listKeys(deps);
  const outcome = await asOwner(deps, (db) =>
    db.transaction().execute(async (tx): Promise<ResetOutcome> => {
      if (!(await takeLoadLock(tx))) return 'busy';
      await emptyDatabase(tx);
      await playAcademy(deps, tx, passwordHash);
      return 'reset';
    }),
  );
  if (outcome === 'reset') for (const key of keys) await deps.files.remove(key);
  return outcome;
}

/** Tables are emptied, and guards of the log switched off, by their owner alone. */
async function asOwner<T>({ config, db, log }: Deps, work: (db: Db) => Promise<T>): Promise<T> {
  const { databaseOwnerUrl: url } = config;
  if (url === null) return work(db).catch(tellWhoMay);
  const owner = openDatabase({
    url,
    poolSize: 1,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
    lockTimeoutMs: config.databaseLockTimeoutMs,
    idleInTransactionTimeoutMs: config.databaseIdleInTransactionTimeoutMs,
    applicationName: 'lms-demo-reset',
    isPreparing: config.databasePreparedStatements,
    onError: (error) => log.warn({ err: error }, 'demo reset: the connection of the owner broke'),
  });
  try {
    return await work(owner.db).catch(tellWhoMay);
  } finally {
    await owner.close();
  }
}

function tellWhoMay(error: unknown): never {
  if (sqlStateOf(error) !== '42501') throw error;
  throw new PermanentError(
    'The reset of a demonstration needs DATABASE_OWNER_URL, the address of the owner of the tables.',
    { cause: error },
  );
}

async function listKeys({ files }: Deps): Promise<string[]> {
  const lists = await Promise.all(prefixes.map((prefix) => Array.fromAsync(files.list(prefix))));
  return lists.flat().map(({ key }) => key);
}
