import { pictureKeyOf } from '#features/files/commands/set-picture.ts';
import { discardContent } from '#features/files/commands/store-content.ts';
import { eraseAuditDetails } from '#platform/audit/erase.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import type { Tx } from '#platform/db/database.ts';
import { pictureSizes } from '#platform/files/content-url.ts';
import { removeFromOutbox } from '#platform/mail/outbox.ts';
import { usesOutbox } from '#platform/mail/transport.ts';
import { userErased } from '../events.ts';
import { obstacleTo } from '../policy.ts';
import {
  deleteAvatar,
  deleteUnusedFiles,
  eraseRows,
  findStored,
  listMails,
  listOpenSessions,
  takeNames,
} from '../queries/erasing.ts';
import { cancelErasure, listDue, lockDue, markErased } from '../queries/erasures.ts';
import { register } from '../register.ts';
import { holdErasable } from './request-erasure.ts';

const pageSize = 100;
const beginning = '00000000-0000-0000-0000-000000000000';

/** Erases everybody whose days of grace are over, each in one transaction; again is harmless. */
export async function eraseDue(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  let erased = 0;
  let after: string | undefined = beginning;
  while (after !== undefined) {
    const ids: string[] = await listDue(deps.db, now, after, pageSize);
    for (const id of ids) if (await eraseOne(deps, id, now)) erased += 1;
    after = ids.length === pageSize ? ids.at(-1) : undefined;
  }
  if (erased > 0) deps.log.info({ erased }, 'privacy: erased people who asked for it');
}

type Leftovers = { sessionIds: string[]; storeKeys: string[]; mailIds: string[] };

async function eraseOne(deps: Deps, id: string, now: Date): Promise<boolean> {
  const left = await inTransaction(deps.db, async (tx) => {
    const wish = await lockDue(tx, id, now);
    if (!wish) return undefined;
    const erasable = await holdErasable(tx, wish.user_id);
    if (!erasable) return undefined;
    if (wish.is_by_retention && erasable.person.standing !== 'deactivated') {
      // Somebody needs the account again, or will.
      await cancelErasure(tx, wish.user_id, now);
      return undefined;
    }
    const obstacle = obstacleTo(erasable);
    if (obstacle) {
      deps.log.warn(
        { userId: wish.user_id, code: obstacle.code },
        `privacy: cannot erase yet: ${obstacle.message}`,
      );
      return undefined;
    }
    const personId = wish.user_id;
    const { counts, ...leftovers } = await erase(tx, {
      personId,
      now,
      keepsName: wish.keeps_name_on_certificates,
    });
    await deps.audit.record(tx, { action: 'user.erased', targetId: personId });
    counts['audit_entry'] = await eraseAuditDetails(deps.audit, tx, personId);
    await markErased(tx, id, { now, counts });
    await deps.events.publish(tx, fact(userErased, null, now, { userId: personId }));
    return leftovers;
  });
  if (!left) return false;
  deps.sessions.tellEnded(left.sessionIds);
  // Afterwards: bytes that nothing refers to are swept in time, a row without its bytes could not be read.
  for (const key of left.storeKeys) await discardContent(deps, key);
  if (usesOutbox(deps.config)) await removeFromOutbox(deps.config, left.mailIds);
  return true;
}

type Wish = { personId: string; now: Date; keepsName: boolean };

async function erase(
  tx: Tx,
  { personId, now, keepsName }: Wish,
): Promise<Leftovers & { counts: Record<string, number> }> {
  const sessionIds = await listOpenSessions(tx, personId);
  const mailIds = await listMails(tx, personId);
  const counts: Record<string, number> = {};
  if (!keepsName) await takeNames(tx, personId);
  const { keys, avatarId } = await findStored(tx, personId);
  const fileKeys = await deleteUnusedFiles(tx, personId);
  if (fileKeys.length > 0) counts['file'] = fileKeys.length;
  for (const entry of register) {
    const count = await eraseRows(tx, entry, { personId, now });
    if (count > 0) counts[entry.table] = (counts[entry.table] ?? 0) + count;
  }
  const pictures = avatarId === null ? [] : pictureSizes.map((size) => pictureKeyOf(avatarId, size));
  if (avatarId !== null) await deleteAvatar(tx, avatarId);
  return { counts, sessionIds, mailIds, storeKeys: [...keys, ...fileKeys, ...pictures] };
}
