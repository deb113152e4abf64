import { daysBefore } from '#platform/db/purging.ts';
import type { Deps } from '#platform/deps.ts';
import { archivePrefix } from '../job-definitions.ts';
import { listUnnamed, purgeExports, takeExpired } from '../queries/purging.ts';

/** No job is tried for as long. */
const abandonedDays = 3;
/** No archive takes as long to write. */
const graceDays = 2;
const atOnce = 500;

type Purged = { archives: number; exports: number; unnamed: number };

/** Removes archives that expired or that nobody finishes, and bytes that no export names; forgets exports of long ago. */
export async function purgeOldExports(deps: Deps, signal: AbortSignal): Promise<Purged> {
  const now = deps.clock.now();
  const taking = { now, abandonedBefore: daysBefore(now, abandonedDays), limit: atOnce };
  let archives = 0;
  for (let count = atOnce; count === atOnce && !signal.aborted; archives += count) {
    const keys = await takeExpired(deps.db, taking);
    for (const key of keys) await deps.files.remove(key);
    count = keys.length;
  }
  const unnamed = await sweepArchives(deps, signal);
  const exports = await purgeExports(deps.db, daysBefore(now, deps.config.taskRetentionDays), signal);
  return { archives, exports, unnamed };
}

async function sweepArchives(deps: Deps, signal: AbortSignal): Promise<number> {
  const before = daysBefore(deps.clock.now(), graceDays);
  const old: string[] = [];
  for await (const { key, modifiedAt } of deps.files.list(archivePrefix)) {
    if (signal.aborted) return 0;
    if (modifiedAt < before) old.push(key);
  }
  const unnamed = await listUnnamed(deps.db, old);
  for (const key of unnamed) await deps.files.remove(key);
  return unnamed.length;
}
