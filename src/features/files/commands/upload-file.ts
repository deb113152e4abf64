import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, conflict } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { cleanFileName } from '../content/file-name.ts';
import { fittingName } from '../content/fitting-name.ts';
import { fileUploaded } from '../events.ts';
import { findFile, insertFile, lockOwner, sumBytes, type FileRow } from '../queries/files.ts';
import { checkContent, discardContent, storeContent, type Content } from './store-content.ts';

export type Incoming = { fileName: string; content: AsyncIterable<Buffer>; signal?: AbortSignal };
/** What has come and was let pass, and is no file yet. */
export type Received = Content & { name: string };

/**
 * Takes content in as it comes, as far as the limit and the person's quota go. Nothing is left where it throws: 400,
 * 409 `quota_exceeded`, 413, 503, 507.
 */
export async function receiveFile(deps: Deps, actor: Actor, incoming: Incoming): Promise<Received> {
  const { uploadLimitBytes, uploadQuotaBytes } = deps.config;
  const usedBytes = await sumBytes(deps.db, actor.userId);
  const leftBytes = Math.max(0, uploadQuotaBytes - usedBytes);
  const name = cleanFileName(incoming.fileName);
  const content = await storeContent(deps, incoming.content, {
    name,
    limitBytes: Math.min(uploadLimitBytes, leftBytes),
    tooLarge: () => (leftBytes < uploadLimitBytes ? quotaExceeded(deps) : tooLarge(uploadLimitBytes)),
    ...(incoming.signal && { signal: incoming.signal }),
  });
  try {
    await checkContent(deps, content);
  } catch (error) {
    await discardContent(deps, content.storeKey);
    throw error;
  }
  return { ...content, name };
}

/** Makes what was received a file of the person's. 409 `quota_exceeded`, also for the second of two that fit alone. */
export async function keepFile(deps: Deps, actor: Actor, received: Received): Promise<FileRow> {
  const id = newId();
  try {
    return await inTransaction(deps.db, (tx) => writeFile(deps, tx, { id, ownerId: actor.userId }, received));
  } catch (error) {
    await discardUnlessKept(deps, id, received.storeKey);
    throw error;
  }
}

/** The row and the event, in the caller's transaction. */
export async function writeFile(
  deps: Deps,
  tx: Tx,
  { id, ownerId }: { id: string; ownerId: string },
  { name, mediaType, sizeBytes, sha256, storeKey }: Received,
): Promise<FileRow> {
  const now = deps.clock.now();
  await lockOwner(tx, ownerId);
  const file = {
    id,
    owner_id: ownerId,
    name: fittingName(name, mediaType),
    media_type: mediaType,
    size_bytes: sizeBytes,
    sha256,
    store_key: storeKey,
  };
  if (!(await insertFile(tx, file, deps.config.uploadQuotaBytes, now))) throw quotaExceeded(deps);
  const data = { fileId: id, userId: ownerId, sizeBytes, mediaType };
  await deps.events.publish(tx, fact(fileUploaded, ownerId, now, data));
  return { ...file, created_at: now };
}

export function tooLarge(limitBytes: number): AppError {
  return new AppError(413, 'payload_too_large', 'The file is larger than this server takes.', {
    errors: [{ code: 'file_too_large', params: { limitBytes }, message: `At most ${limitBytes} bytes.` }],
  });
}

export function quotaExceeded({ config }: Pick<Deps, 'config'>): AppError {
  const { uploadQuotaBytes: quotaBytes } = config;
  return conflict('quota_exceeded', 'Your files would take more than you may store. Delete some first.', [
    { code: 'quota_exceeded', params: { quotaBytes }, message: `At most ${quotaBytes} bytes in all.` },
  ]);
}

// A commit whose answer was lost may have happened: then the bytes are a file's. What is not known stays to the sweep.
async function discardUnlessKept(deps: Deps, id: string, storeKey: string): Promise<void> {
  const kept = await findFile(deps.db, id).catch(() => 'unknown' as const);
  if (kept === undefined) await discardContent(deps, storeKey);
}
