import type { Deps } from '#platform/deps.ts';
import { AppError, conflict, gone, notFound, unauthenticated } from '#platform/errors.ts';
import { isOwnUpload } from '../policy.ts';
import {
  claimReceived,
  claimReceiving,
  findUpload,
  moveReceiving,
  type UploadRow,
} from '../queries/uploads.ts';
import { discardContent, storeContent } from './store-content.ts';

/** How long the right to send outlives the last word of who has it: a process that died. */
const leaseMs = 60_000;

/**
 * Takes the bytes of an announced upload, once; `userId` is whom the ticket names. They are looked at by the
 * completion. Each try has a key of its own, so that nobody changes what a completion is reading. 401 where the person
 * is no longer active, 404, 409 `upload_mismatch`, 409 `request_in_progress`, 410, 413, 507.
 */
export async function receiveUpload(
  deps: Deps,
  { id, userId }: { id: string; userId: string },
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  const upload = await findUpload(deps.db, id);
  if (!upload || !isOwnUpload({ userId }, { ownerId: upload.owner_id })) throw notFound('Upload');
  if (upload.owner_deactivated_at !== null) throw unauthenticated('This account is deactivated.');
  if (upload.expires_at <= deps.clock.now())
    throw gone('upload_expired', 'This upload has expired. Begin anew.');
  if (upload.store_key !== null) throw received();
  const letGo = await claim(deps, id);
  try {
    await store(deps, upload, content, signal);
  } catch (error) {
    await letGo();
    throw error;
  }
  await letGo('done');
}

async function store(
  deps: Deps,
  upload: UploadRow,
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  const stored = await storeContent(deps, content, {
    name: upload.name,
    limitBytes: upload.size_bytes,
    tooLarge: () => new AppError(413, 'payload_too_large', 'There are more bytes than were announced.'),
    signal,
  });
  try {
    if (stored.sizeBytes !== upload.size_bytes) throw mismatch(upload.size_bytes, stored.sizeBytes);
    if (!(await claimReceived(deps.db, upload.id, stored.storeKey))) throw received();
  } catch (error) {
    await discardContent(deps, stored.storeKey);
    throw error;
  }
}

/** Claimed before the first byte is read, and held on to; returns what ends that. 409 `request_in_progress`. */
async function claim(deps: Deps, id: string): Promise<(outcome?: 'done') => Promise<void>> {
  const later = () => new Date(deps.clock.now().getTime() + leaseMs);
  let until = later();
  if (!(await claimReceiving(deps.db, id, deps.clock.now(), until)))
    throw conflict('request_in_progress', 'The bytes of this upload are coming already.');
  // A try that fails is made up for by the next, or the claim runs out.
  let moving = Promise.resolve();
  const move = async (to: Date | null) => {
    await moveReceiving(deps.db, id, until, to).catch(() => {});
    until = to ?? until;
  };
  const timer = setInterval(() => {
    moving = moving.then(() => move(later()));
  }, leaseMs / 3).unref();
  return async (outcome) => {
    clearInterval(timer);
    await moving;
    if (outcome !== 'done') await move(null);
  };
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
