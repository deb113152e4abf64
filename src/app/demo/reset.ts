import { allowsDemoData } from '#platform/config/config.ts';
import type { Deps } from '#platform/deps.ts';
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
  const outcome = await deps.db.transaction().execute(async (tx): Promise<ResetOutcome> => {
    if (!(await takeLoadLock(tx))) return 'busy';
    await emptyDatabase(tx);
    await playAcademy(deps, tx, passwordHash);
    return 'reset';
  });
  if (outcome === 'reset') for (const key of keys) await deps.files.remove(key);
  return outcome;
}

async function listKeys({ files }: Deps): Promise<string[]> {
  const lists = await Promise.all(prefixes.map((prefix) => Array.fromAsync(files.list(prefix))));
  return lists.flat().map(({ key }) => key);
}
