import type { Readable } from 'node:stream';
import { contentDisposition } from '#platform/http/content-disposition.ts';
import type { Logger } from '#platform/log.ts';
import { createAddresses } from './azure-addresses.ts';
import type { AzureAccount } from './azure-client.ts';
import { openAzureSession, type AzureSession } from './azure-session.ts';
import { isMissing, isMissingBlob } from './azure-trouble.ts';
import { uploadInBlocks } from './azure-upload.ts';
import { checkKey, checkPrefix, FileMissingError, type FileStore, type ListedFile } from './file-store.ts';
import { measure } from './measure.ts';

const defaultPageSize = 1_000;
// A download that is cut off is taken up where it was, this often.
const readRetries = 3;

export type AzureStoreOptions = AzureAccount & {
  /** Whether downloads go to Azure by short-lived addresses. */
  redirectsDownloads: boolean;
  /** How many files a page of a list has. */
  pageSize?: number;
  /** Of an upload; there may be 50,000. */
  blockBytes?: number;
  log: Logger;
};

/** A store in a container of Azure Blob Storage. The library is loaded at the first call. */
export function createAzureStore(options: AzureStoreOptions): FileStore {
  const session = openAzureSession(options, options.log);
  const addresses = createAddresses();
  return {
    kind: 'azure',
    async put(key, source, { contentType, signal }) {
      checkKey(key);
      // At once: a source may fail while the container is being made.
      const measured = measure(source, signal);
      try {
        await session.makeContainer(signal);
        const blob = await session.callBlob(key, async (opened) => opened);
        await uploadInBlocks(blob, measured, contentType, session.sendFor(signal), options.blockBytes);
        return measured.result();
      } finally {
        source.destroy();
      }
    },
    async read(key, range) {
      checkKey(key);
      return download(session, key, range);
    },
    async find(key) {
      checkKey(key);
      const found = await session.callBlob(key, (blob, abortSignal) =>
        blob.getProperties({ abortSignal }).catch(undefinedIfMissing),
      );
      return found && { sizeBytes: found.contentLength ?? 0, modifiedAt: found.lastModified ?? new Date(0) };
    },
    async remove(key) {
      checkKey(key);
      await session.callBlob(key, (blob, abortSignal) =>
        blob.delete({ abortSignal }).catch(undefinedIfMissing),
      );
    },
    list: (prefix) => listBlobs(session, prefix, options.pageSize ?? defaultPageSize),
    async downloadUrl(key, { fileName, contentType, disposition, expiresInSeconds }) {
      checkKey(key);
      if (!options.redirectsDownloads) return null;
      const more = { contentType, contentDisposition: contentDisposition(fileName, 'file', disposition) };
      return session.call((client) => addresses.sign(client, key, 'r', expiresInSeconds, more));
    },
    async uploadUrl(key, { contentType, expiresInSeconds }) {
      checkKey(key);
      await session.makeContainer();
      const url = await session.call((client) => addresses.sign(client, key, 'c', expiresInSeconds));
      return { url, headers: { 'content-type': contentType, 'x-ms-blob-type': 'BlockBlob' } };
    },
    async check() {
      await session.makeContainer();
      await session.call(({ container }, abortSignal) => container.getProperties({ abortSignal }));
    },
  };
}

async function download(
  session: AzureSession,
  key: string,
  range: { start: number; end: number } | undefined,
): Promise<Readable> {
  // The time is for the answer to begin: how fast it is read is up to the reader.
  const started = new AbortController();
  const answer = await session.callBlob(key, async (blob, limit) => {
    const abort = () => started.abort(limit.reason);
    limit.addEventListener('abort', abort);
    try {
      const [offset, count] = range ? [range.start, range.end - range.start + 1] : [];
      return await blob.download(offset, count, {
        abortSignal: started.signal,
        maxRetryRequests: readRetries,
      });
    } catch (error) {
      if (isMissingBlob(error)) throw new FileMissingError(key);
      throw error;
    } finally {
      limit.removeEventListener('abort', abort);
    }
  });
  // In Node it always is one.
  return answer.readableStreamBody as Readable;
}

async function* listBlobs(
  session: AzureSession,
  prefix: string,
  maxPageSize: number,
): AsyncGenerator<ListedFile> {
  checkPrefix(prefix);
  let continuationToken: string | undefined;
  do {
    const from = continuationToken === undefined ? {} : { continuationToken };
    const page = await session.call(({ container }, abortSignal) =>
      container
        .listBlobsFlat({ prefix, abortSignal })
        .byPage({ maxPageSize, ...from })
        .next()
        .catch(endIfMissing),
    );
    if (page.done) return;
    for (const { name, properties } of page.value.segment.blobItems)
      yield { key: name, sizeBytes: properties.contentLength ?? 0, modifiedAt: properties.lastModified };
    // Empty at the last page.
    continuationToken = page.value.continuationToken || undefined;
  } while (continuationToken !== undefined);
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function endIfMissing(error: unknown): { done: true; value: undefined } {
  if (!isMissing(error)) throw error;
  return { done: true, value: undefined };
}
