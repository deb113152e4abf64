import { canonical, type Json } from '#platform/audit/canonical.ts';
import { detailsDigest, sealHash } from '#platform/audit/hashes.ts';
import type { Head } from './queries/chain.ts';
import type { Checkpoint, SealedEntry } from './queries/verifying.ts';

/** What is wrong with the chain, in words that end a sentence beginning with "Position 7". */
export const faults = {
  position_missing: 'is missing: the seal, or it and its entry, was removed',
  entry_removed: 'has no entry: it was removed',
  hash_differs: 'does not hold: the entry or the seal was changed, or its place in the order',
  details_changed: 'holds, but not its details: they were changed',
  details_removed: 'holds, but its details were removed and no entry tells of an erasure',
  tail_removed: 'is the last, where there were more',
  head_missing: 'is the last, before the head that was given: what came after it was removed',
  head_differs: 'is not what the head that was given says: the chain was written anew',
  checkpoint_unfounded: 'is where the chain begins, and no entry tells that what was before it was purged',
  not_in_chain: 'was put in past the chain',
  waits_too_long: 'is not sealed, though it is older than ten minutes: does a worker run?',
  unsealed_removed: 'was removed before it was sealed',
} as const;
export type Fault = keyof typeof faults;

/** Why a sealed entry is not what was sealed behind this place; undefined where it is. `isErased` tells of its details. */
export function faultOf(row: SealedEntry, previous: Head): Fault | undefined {
  if (row.position !== previous.position + 1) return 'position_missing';
  const { id, at, action, outcome, actor_kind: actorKind, target_kind: targetKind } = row;
  if (id === null || at === null || action === null || outcome === null) return 'entry_removed';
  if (actorKind === null || targetKind === null) return 'entry_removed';
  const content = { ...row, id, at, action, outcome, actor_kind: actorKind, target_kind: targetKind };
  if (!sealHash(previous.hash, content).equals(row.hash)) return 'hash_differs';
  return faultOfDetails(row);
}

export function isErased(row: SealedEntry): boolean {
  return row.details_digest !== null && row.details === null;
}

function faultOfDetails(row: SealedEntry): Fault | undefined {
  const { details, details_digest: digest, salt, erasure_action: erasure } = row;
  if (details === null || salt === null) {
    const isFounded = digest === null || erasure === 'audit.details_erased';
    return isFounded ? undefined : 'details_removed';
  }
  // Details where there were none, too.
  const isSame = digest !== null && detailsDigest(salt, details as Json).equals(digest);
  return isSame ? undefined : 'details_changed';
}

/** Whether the entry that a checkpoint names tells of this very purge. It is sealed itself, and looked at in its turn. */
export function isFounded({ position, hash, action, details }: Checkpoint): boolean {
  if (action !== 'audit.purged') return false;
  const { after } = (details ?? {}) as { after?: { position?: Json; seal?: Json } };
  return (
    canonical([after?.position ?? null, after?.seal ?? null]) === canonical([position, hash.toString('hex')])
  );
}
