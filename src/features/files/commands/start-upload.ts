import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { cleanFileName } from '../content/file-name.ts';
import { lockOwner } from '../queries/files.ts';
import { insertUpload } from '../queries/uploads.ts';
import type { NewUploadInput } from '../schemas.ts';
import { newStoreKey } from './store-content.ts';
import { quotaExceeded, tooLarge } from './upload-file.ts';

/** Announced and not complete, of one person. */
const maxOpenUploads = 100;

export type StartedUpload = { id: string; url: string; headers: Record<string, string>; expiresAt: Date };

/**
 * Announces an upload and says where its bytes go: to the store itself where that takes them, else to the program.
 * Its bytes count from now on. 409 `quota_exceeded`, 413, 503.
 */
export async function startUpload(deps: Deps, actor: Actor, input: NewUploadInput): Promise<StartedUpload> {
  const { uploadLimitBytes, uploadQuotaBytes: quotaBytes, uploadTimeoutSeconds } = deps.config;
  if (input.sizeBytes > uploadLimitBytes) throw tooLarge(uploadLimitBytes);
  const now = deps.clock.now();
  const expiresAt = new Date(now.getTime() + uploadTimeoutSeconds * 1000);
  const id = newId();
  const ownerId = actor.userId;
  const storeKey = newStoreKey();
  const direct = await deps.files.uploadUrl(storeKey, {
    contentType: 'application/octet-stream',
    expiresInSeconds: uploadTimeoutSeconds,
  });
  await inTransaction(deps.db, async (tx) => {
    await lockOwner(tx, ownerId);
    const upload = {
      id,
      ownerId,
      name: cleanFileName(input.fileName),
      sizeBytes: input.sizeBytes,
      storeKey: direct === null ? null : storeKey,
      now,
      expiresAt,
    };
    if (!(await insertUpload(tx, upload, { quotaBytes, maxCount: maxOpenUploads })))
      throw quotaExceeded(deps);
  });
  return { id, expiresAt, ...(direct ?? ownAddress(deps, { id, ownerId, expiresAt })) };
}

function ownAddress(
  deps: Deps,
  { id, ownerId, expiresAt }: { id: string; ownerId: string; expiresAt: Date },
) {
  const { publicUrl, apiV1Prefix } = deps.config;
  const ticket = deps.fileTickets.issue({ purpose: 'upload', id, holderId: ownerId }, expiresAt);
  return {
    url: `${publicUrl}${apiV1Prefix}/files/uploads/${id}/content?ticket=${ticket}`,
    headers: { 'content-type': 'application/octet-stream' },
  };
}
