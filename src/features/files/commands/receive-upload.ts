import type { Deps } from '#platform/deps.ts';
import { AppError, conflict, gone, notFound } from '#platform/errors.ts';
import { isOwnUpload } from '../policy.ts';
import { claimReceived, findUpload } from '../queries/uploads.ts';
import { discardContent, storeContent } from './store-content.ts';

/**
 * Takes the bytes of an announced upload, once; `userId` is whom the ticket names. They are looked at by the
 * completion. Each try has a key of its own, so that nobody changes what a completion is reading. 404, 409
 * `upload_mismatch`, 410, 413, 507.
 */
export async function receiveUpload(
  deps: Deps,
  { id, userId }: { id: string; userId: string },
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  const upload = await findUpload(deps.db, id);
  if (!upload || !isOwnUpload({ userId }, { ownerId: upload.owner_id })) throw notFound('Upload');
  if (upload.expires_at <= deps.clock.now())
    throw gone('upload_expired', 'This upload has expired. Begin anew.');
  if (upload.store_key !== null) throw received();
  const stored = await storeContent(deps, content, {
    name: upload.name,
    limitBytes: upload.size_bytes,
    tooLarge: () => new AppError(413, 'payload_too_large', 'There are more bytes than were announced.'),
    signal,
  });
  try {
    if (stored.sizeBytes !== upload.size_bytes) throw mismatch(upload.size_bytes, stored.sizeBytes);
    if (!(await claimReceived(deps.db, id, stored.storeKey))) throw received();
  } catch (error) {
    await discardContent(deps, stored.storeKey);
    throw error;
  }
}

export function mismatch(announcedBytes: number, receivedBytes: number): AppError {
  return conflict('upload_mismatch', 'There came not as many bytes as were announced.', [
    {
      code: 'upload_mismatch',
      params: { announcedBytes, receivedBytes },
      message: `${announcedBytes} bytes were announced.`,
    },
  ]);
}

function received(): AppError {
  return conflict('upload_mismatch', 'The bytes of this upload came already. Complete it.');
}
