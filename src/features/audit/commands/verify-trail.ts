import { beginningHash } from '#platform/audit/hashes.ts';
import type { Deps } from '#platform/deps.ts';
import type { Db } from '#platform/db/database.ts';
import { faultOf, isErased, isFounded, type Fault } from '../chain-check.ts';
import { countUnsealed, findHead, type Head } from '../queries/chain.ts';
import {
  findCheckpoint,
  findOverdue,
  findStray,
  listSealed,
  type SealedEntry,
} from '../queries/verifying.ts';

const batchSize = 1_000;
const strayBatchSize = 10_000;
/** Sealing comes every minute. */
const mayWaitMs = 600_000;
const firstId = '00000000-0000-0000-0000-000000000000';

/** The first place where the trail is not what it was. Outside of the chain there is no position. */
export type Broken = { isIntact: false; fault: Fault; position: number | null; entryId: string | null };
export type Intact = {
  isIntact: true;
  /** The last place that was looked at. */
  head: Head;
  /** How many entries stand behind the last purge, and of how many the details were erased. */
  entries: number;
  erased: number;
  /** Not sealed yet. */
  waiting: number;
  /** Whether the head that was given is part of it; null where what it tells of was purged since. */
  holdsKept: boolean | null;
};
export type Verdict = Intact | Broken;

/**
 * Walks the whole chain, a thousand entries at a time: each hash, each digest of details, that nothing is missing, that
 * nothing is there besides it, and that `kept`, a head that was kept elsewhere, is part of it. What is sealed meanwhile is
 * not looked at; what is purged meanwhile is passed over.
 */
export async function verifyTrail({ db, clock }: Pick<Deps, 'db' | 'clock'>, kept?: Head): Promise<Verdict> {
  const walked = await walk(db, await findHead(db), kept);
  if (!walked.isIntact) return walked;
  const besides = await findBesides(db, new Date(clock.now().getTime() - mayWaitMs));
  if (besides) return besides;
  const { count } = await countUnsealed(db);
  return { ...walked, waiting: count };
}

type Walk = { last: Head; entries: number; erased: number; holdsKept: boolean | null };

async function walk(db: Db, end: Head, kept: Head | undefined): Promise<Verdict> {
  const begun = await beginning(db);
  if ('fault' in begun) return begun;
  const state: Walk = { last: begun, entries: 0, erased: 0, holdsKept: null };
  let fault = compareKept(state, kept);
  while (!fault && state.last.position < end.position) {
    const rows = await listSealed(db, { after: state.last.position, upTo: end.position }, batchSize);
    fault = rows.length === 0 ? await missing(db, state) : await take(db, state, rows, kept);
  }
  fault ??= faultAtEnd(state.last, end, kept);
  if (fault) return fault;
  const { last: head, ...counted } = state;
  return { isIntact: true, head, ...counted, waiting: 0 };
}

/** Goes on over these rows, or says what is wrong with the first that is not right. */
async function take(
  db: Db,
  state: Walk,
  rows: readonly SealedEntry[],
  kept: Head | undefined,
): Promise<Broken | undefined> {
  for (const row of rows) {
    const fault = faultOf(row, state.last);
    if (fault === 'position_missing') return missing(db, state);
    if (fault) return broken(fault, row.position, row.entry_id);
    state.last = { position: row.position, hash: row.hash };
    state.entries += 1;
    if (isErased(row)) state.erased += 1;
    const other = compareKept(state, kept);
    if (other) return other;
  }
  return undefined;
}

/** Nothing is there behind the last place: purged since it was read, or removed. */
async function missing(db: Db, state: Walk): Promise<Broken | undefined> {
  const begun = await beginning(db);
  if ('fault' in begun) return begun;
  if (begun.position <= state.last.position) return broken('position_missing', state.last.position + 1);
  state.last = begun;
  return undefined;
}

async function beginning(db: Db): Promise<Head | Broken> {
  const checkpoint = await findCheckpoint(db);
  if (!checkpoint) return { position: 0, hash: beginningHash };
  const { position, hash, entry_id: entryId } = checkpoint;
  return isFounded(checkpoint) ? { position, hash } : broken('checkpoint_unfounded', position, entryId);
}

function compareKept(state: Walk, kept: Head | undefined): Broken | undefined {
  if (kept?.position !== state.last.position) return undefined;
  if (!kept.hash.equals(state.last.hash)) return broken('head_differs', kept.position);
  state.holdsKept = true;
  return undefined;
}

function faultAtEnd(last: Head, end: Head, kept: Head | undefined): Broken | undefined {
  if (kept && kept.position > last.position) return broken('head_missing', last.position);
  return last.position === end.position && last.hash.equals(end.hash)
    ? undefined
    : broken('tail_removed', last.position);
}

/** What stands beside the chain, and should not. */
async function findBesides(db: Db, before: Date): Promise<Broken | undefined> {
  for (let after: string | null = firstId; after !== null;) {
    const { last, stray }: Awaited<ReturnType<typeof findStray>> = await findStray(db, after, strayBatchSize);
    if (stray !== null) return broken('not_in_chain', null, stray);
    after = last;
  }
  const overdue = await findOverdue(db, before);
  if (!overdue) return undefined;
  return broken(overdue.isThere ? 'waits_too_long' : 'unsealed_removed', null, overdue.entry_id);
}

function broken(fault: Fault, position: number | null, entryId: string | null = null): Broken {
  return { isIntact: false, fault, position, entryId };
}
