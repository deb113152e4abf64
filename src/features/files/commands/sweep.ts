import type { Deps } from '#platform/deps.ts';
import { pictureSizes } from '#platform/files/content-url.ts';
import type { ListedFile } from '#platform/files/file-store.ts';
import { takeUnusedPictures } from '../queries/pictures.ts';
import {
  isStillThere,
  listStored,
  listUnnamedKeys,
  noteUnused,
  takeUnusedFiles,
} from '../queries/sweeping.ts';
import { takeExpiredUploads } from '../queries/uploads.ts';
import { pictureKeyOf } from './set-picture.ts';

export type Swept = {
  /** Files that nothing used for too long, and pictures that nobody has. */
  unusedFiles: number;
  unusedPictures: number;
  /** Bytes that no row names, as after an upload that a crash cut short. */
  unnamedKeys: number;
  /** Files whose bytes are not in the store: reported, and left for a person. */
  missingFiles: number;
};

const dayMs = 86_400_000;
/** No upload, scan and all, takes as long. */
const graceMs = 2 * dayMs;
const atOnce = 500;
const askedAtOnce = 8;
const firstId = '00000000-0000-0000-0000-000000000000';

/** Takes away what is left over in the store and the database, and reports what is missing. Harmless at any time. */
export async function sweep(deps: Deps, signal: AbortSignal): Promise<Swept> {
  const now = deps.clock.now().getTime();
  return {
    unusedFiles: await sweepFiles(deps, signal),
    unusedPictures: await sweepPictures(deps, new Date(now - graceMs)),
    unnamedKeys:
      (await sweepKeys(deps, 'files/', new Date(now - graceMs), signal)) +
      (await sweepKeys(deps, 'pictures/', new Date(now - graceMs), signal)),
    missingFiles: await reportMissing(deps, signal),
  };
}

/** Forgets uploads that were announced and not completed in time. Returns how many. */
export async function purgeUploads(deps: Deps): Promise<number> {
  let total = 0;
  for (let taken = await take(); taken.length > 0; taken = await take()) {
    for (const { store_key: key } of taken) if (key !== null) await deps.files.remove(key);
    total += taken.length;
  }
  return total;

  function take() {
    return takeExpiredUploads(deps.db, deps.clock.now(), atOnce);
  }
}

async function sweepFiles(deps: Deps, signal: AbortSignal): Promise<number> {
  const now = deps.clock.now();
  for (let after: string | undefined = firstId; after !== undefined && !signal.aborted;)
    after = await noteUnused(deps.db, after, now, atOnce);
  const before = new Date(now.getTime() - deps.config.fileUnusedDays * dayMs);
  let total = 0;
  for (let count = atOnce; count === atOnce && !signal.aborted; total += count) {
    const keys = await takeUnusedFiles(deps.db, before, atOnce);
    for (const key of keys) await deps.files.remove(key);
    count = keys.length;
  }
  return total;
}

async function sweepPictures(deps: Deps, before: Date): Promise<number> {
  const ids = await takeUnusedPictures(deps.db, before, atOnce);
  for (const key of ids.flatMap((id) => pictureSizes.map((size) => pictureKeyOf(id, size))))
    await deps.files.remove(key);
  return ids.length;
}

async function sweepKeys(deps: Deps, prefix: string, before: Date, signal: AbortSignal): Promise<number> {
  let total = 0;
  let old: ListedFile[] = [];
  for await (const stored of deps.files.list(prefix)) {
    if (signal.aborted) break;
    if (stored.modifiedAt >= before) continue;
    old.push(stored);
    if (old.length === atOnce) {
      total += await removeUnnamed(deps, old);
      old = [];
    }
  }
  return total + (await removeUnnamed(deps, old));
}

async function removeUnnamed(deps: Deps, stored: readonly ListedFile[]): Promise<number> {
  const keys = await listUnnamedKeys(
    deps.db,
    stored.map(({ key }) => key),
  );
  for (const key of keys) await deps.files.remove(key);
  return keys.length;
}

async function reportMissing(deps: Deps, signal: AbortSignal): Promise<number> {
  let missing = 0;
  let after = firstId;
  for (let count = atOnce; count === atOnce && !signal.aborted;) {
    const files = await listStored(deps.db, after, atOnce);
    for (let at = 0; at < files.length; at += askedAtOnce) {
      const whole = await Promise.all(files.slice(at, at + askedAtOnce).map((file) => isWhole(deps, file)));
      missing += whole.filter((each) => !each).length;
    }
    count = files.length;
    after = files.at(-1)?.id ?? after;
  }
  return missing;
}

/** Whether its bytes are there, or it was deleted meanwhile. */
async function isWhole(
  deps: Deps,
  file: { id: string; store_key: string; size_bytes: number },
): Promise<boolean> {
  const { id, store_key: storeKey, size_bytes: sizeBytes } = file;
  const found = await deps.files.find(storeKey);
  if (found?.sizeBytes === sizeBytes || !(await isStillThere(deps.db, id))) return true;
  const foundBytes = found?.sizeBytes ?? null;
  deps.log.error({ fileId: id, storeKey, foundBytes }, 'files: content is missing');
  return false;
}
