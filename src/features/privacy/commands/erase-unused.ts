import { inTransaction } from '#platform/db/transaction.ts';
import { daysBefore } from '#platform/db/purging.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { insertErasure } from '../queries/erasures.ts';
import { listUnused } from '../queries/purging.ts';
import { eraseDue } from './erase-due.ts';
import { holdErasable } from './request-erasure.ts';

const pageSize = 100;
const beginning = '00000000-0000-0000-0000-000000000000';

/**
 * Erases people whose accounts were deactivated longer ago than the settings keep them; nobody where they say never. Names are not
 * kept on certificates. Returns how many were found.
 */
export async function eraseUnused(deps: Deps): Promise<number> {
  const { deactivatedAccountEraseDays: days } = deps.config;
  if (days === 0) return 0;
  const now = deps.clock.now();
  const before = daysBefore(now, days);
  let found = 0;
  let after: string | undefined = beginning;
  while (after !== undefined) {
    const ids: string[] = await listUnused(deps.db, { before, after, limit: pageSize });
    for (const id of ids) if (await ask(deps, id, now)) found += 1;
    after = ids.length === pageSize ? ids.at(-1) : undefined;
  }
  await eraseDue(deps);
  return found;
}

function ask(deps: Deps, userId: string, now: Date): Promise<boolean> {
  return inTransaction(deps.db, async (tx) => {
    const erasable = await holdErasable(tx, userId);
    if (erasable?.person.standing !== 'deactivated') return false;
    const wish = { id: newId(), userId, keepsName: false, isByRetention: true, now, dueAt: now };
    if (!(await insertErasure(tx, wish))) return false;
    const after = { keepsNameOnCertificates: false, dueAt: now.toISOString() };
    await deps.audit.record(tx, { action: 'erasure.requested', targetId: userId, after });
    return true;
  });
}
