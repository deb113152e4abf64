import { createHash } from 'node:crypto';
import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, conflict, gone, notFound } from '#platform/errors.ts';
import { FileMissingError } from '#platform/files/file-store.ts';
import { inspect } from '../content/inspect.ts';
import { isOwnUpload } from '../policy.ts';
import { findFile, type FileRow } from '../queries/files.ts';
import { findUpload, takeUpload, type UploadRow } from '../queries/uploads.ts';
import { mismatch } from './receive-upload.ts';
import { checkContent, discardContent, type Content } from './store-content.ts';
import { writeFile } from './upload-file.ts';

/**
 * Makes an announced upload a file: reads it from the store and finds size, type and checksum itself. Harmless twice.
 * 400, 404, 409 `upload_incomplete`, 409 `upload_mismatch`, 410 `upload_expired`, 503.
 */
export async function completeUpload(deps: Deps, actor: Actor, id: string): Promise<FileRow> {
  const upload = await findUpload(deps.db, id);
  if (!upload) return getCompleted(deps, actor, id);
  if (!isOwnUpload(actor, { ownerId: upload.owner_id })) throw notFound('Upload');
  if (upload.expires_at <= deps.clock.now())
    throw gone('upload_expired', 'This upload has expired. Begin anew.');
  const content = await readStored(deps, upload);
  try {
    await checkContent(deps, content);
  } catch (error) {
    // With the scanner away it can be completed later.
    if (error instanceof AppError && error.status !== 503) await discardUpload(deps, upload);
    throw error;
  }
  const file = await inTransaction(deps.db, async (tx) => {
    const taken = await takeUpload(tx, id);
    return taken && writeFile(deps, tx, { id, ownerId: taken.owner_id }, { ...content, name: taken.name });
  });
  // Another completion, or the purge, was faster.
  return file ?? getCompleted(deps, actor, id);
}

async function getCompleted(deps: Deps, actor: Actor, id: string): Promise<FileRow> {
  const file = await findFile(deps.db, id);
  if (!file || !isOwnUpload(actor, { ownerId: file.owner_id })) throw notFound('Upload');
  return file;
}

async function readStored(deps: Deps, upload: UploadRow): Promise<Content> {
  const { store_key: storeKey, size_bytes: announcedBytes, name } = upload;
  const found = storeKey === null ? undefined : await deps.files.find(storeKey);
  if (storeKey === null || !found) throw incomplete();
  if (found.sizeBytes !== announcedBytes) {
    await discardUpload(deps, upload);
    throw mismatch(announcedBytes, found.sizeBytes);
  }
  const hash = createHash('sha256');
  const wrongSize = () => mismatch(announcedBytes, found.sizeBytes);
  const source = await deps.files.read(storeKey).catch((error: unknown) => {
    throw error instanceof FileMissingError ? incomplete() : error;
  });
  const inspection = inspect(source, { name, limitBytes: announcedBytes, tooLarge: wrongSize });
  let sizeBytes = 0;
  for await (const chunk of inspection.content) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  if (sizeBytes !== announcedBytes) throw wrongSize();
  return { storeKey, mediaType: inspection.mediaType(), sizeBytes, sha256: hash.digest() };
}

// Not where another completion was faster: then the bytes are a file's.
async function discardUpload(deps: Deps, { id }: UploadRow): Promise<void> {
  const taken = await inTransaction(deps.db, (tx) => takeUpload(tx, id));
  if (taken?.store_key) await discardContent(deps, taken.store_key);
}

function incomplete() {
  return conflict('upload_incomplete', 'The bytes of this upload have not come yet. Send them first.');
}
