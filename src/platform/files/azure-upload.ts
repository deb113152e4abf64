import type { BlockBlobClient } from '@azure/storage-blob';
import { newToken } from '#platform/crypto.ts';
import type { Send } from './azure-session.ts';
import type { Measured } from './measure.ts';

// Two are held at a time, the one that is sent and the one that is filled: 8 MiB an upload. 50,000 blocks are allowed.
const usualBlockBytes = 4 * 1024 * 1024;

/**
 * Sends a source block by block. The blob appears when the list of its blocks is committed, and not before: of an upload
 * that ends early nothing is seen, and Azure drops its blocks after a week.
 */
export async function uploadInBlocks(
  blob: BlockBlobClient,
  { chunks }: Pick<Measured, 'chunks'>,
  contentType: string,
  send: Send,
  blockBytes = usualBlockBytes,
): Promise<void> {
  const blobHTTPHeaders = { blobContentType: contentType };
  const upload = newToken().slice(0, 16);
  const ids: string[] = [];
  let sending: Promise<unknown> | undefined;
  for await (const block of blocksOf(chunks, blockBytes)) {
    if (ids.length === 0 && block.length < blockBytes) {
      await send((abortSignal) => blob.upload(block, block.length, { abortSignal, blobHTTPHeaders }));
      return;
    }
    await sending;
    // Named by the upload, too: two uploads of one key must not mix their blocks.
    const id = Buffer.from(`${upload}${String(ids.length).padStart(6, '0')}`).toString('base64');
    ids.push(id);
    sending = send((abortSignal) => blob.stageBlock(id, block, block.length, { abortSignal }));
    // Its failure is met above or below; until then nobody waits for it.
    sending.catch(() => {});
  }
  await sending;
  await send((abortSignal) => blob.commitBlockList(ids, { abortSignal, blobHTTPHeaders }));
}

/**
 * Blocks of the full size, and a smaller one at the end where something is left, or there was nothing at all. Two
 * buffers take turns: a block is good until the one after the next is asked for.
 */
async function* blocksOf(chunks: AsyncIterable<Buffer>, blockBytes: number): AsyncGenerator<Buffer> {
  let [block, other] = [Buffer.allocUnsafeSlow(blockBytes), Buffer.alloc(0)];
  let filled = 0;
  let isEmpty = true;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length;) {
      const copied = chunk.copy(block, filled, taken);
      taken += copied;
      filled += copied;
      isEmpty = false;
      if (filled < blockBytes) continue;
      yield block;
      // The second is made only for files that need it.
      [block, other] = [other.length > 0 ? other : Buffer.allocUnsafeSlow(blockBytes), block];
      filled = 0;
    }
  }
  if (filled > 0 || isEmpty) yield block.subarray(0, filled);
}
