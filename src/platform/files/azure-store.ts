import { Readable } from 'node:stream';
import type { Logger } from '#platform/log.ts';
import { contentDisposition } from '#platform/http/content-disposition.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { createAddresses } from './azure-addresses.ts';
import { openAzureClient, type AzureAccount, type AzureClient } from './azure-client.ts';
import { explainAzureTrouble, isMissing, isMissingBlob } from './azure-trouble.ts';
import { uploadInBlocks, type Send } from './azure-upload.ts';
import { checkKey, checkPrefix, FileMissingError, type FileStore, type ListedFile } from './file-store.ts';
import { measure } from './measure.ts';

// Of one call with its tries. A block of 4 MiB is over long before on any line that is of use.
const blockTimeoutMs = 60_000;
const callTimeoutMs = 15_000;
const checkTimeoutMs = 5_000;
const defaultPageSize = 1_000;

export type AzureStoreOptions = AzureAccount & {
  /** Whether downloads go to Azure by short-lived addresses. */
  redirectsDownloads: boolean;
  /** How many files a page of a list has. */
  pageSize?: number;
  log: Logger;
};

/** A store in a container of Azure Blob Storage. The library is loaded at the first call. */
export function createAzureStore(options: AzureStoreOptions): FileStore {
  const warn = createSparseWarn();
  const addresses = createAddresses();
  let opening: Promise<AzureClient> | undefined;
  let making: Promise<unknown> | undefined;
  const open = () => (opening ??= openAzureClient(options));

  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainAzureTrouble(error, (trouble, message) => warn(options.log, 'azure', trouble, message));
    }
  };
  const blobOf = async (key: string) => (await open()).container.getBlockBlobClient(key);
  /** Makes the container where it is missing, once in a process. */
  const makeContainer = async (): Promise<void> => {
    making ??= open().then(({ container }) => createContainer(container));
    try {
      await making;
    } catch (error) {
      making = undefined;
      throw error;
    }
  };

  return {
    kind: 'azure',
    async put(key, source, { contentType, signal }) {
      checkKey(key);
      const measured = measure(source, signal);
      const send: Send = (work) =>
        attempt(() => {
          signal?.throwIfAborted();
          return work(timeLimit(blockTimeoutMs, signal));
        }).catch((error: unknown) => {
          signal?.throwIfAborted();
          throw error;
        });
      try {
        await attempt(() => orAborted(makeContainer(), signal));
        await uploadInBlocks(await blobOf(key), measured, contentType, send);
        return measured.result();
      } finally {
        source.destroy();
      }
    },
    async read(key, range) {
      checkKey(key);
      const [offset, count] = range ? [range.start, range.end - range.start + 1] : [];
      return attempt(async () => {
        const blob = await blobOf(key);
        const answer = await blob
          .download(offset, count, { abortSignal: timeLimit(callTimeoutMs), maxRetryRequests: 3 })
          .catch(missing(key));
        return answer.readableStreamBody as Readable;
      });
    },
    async find(key) {
      checkKey(key);
      return attempt(async () => {
        const blob = await blobOf(key);
        const found = await blob
          .getProperties({ abortSignal: timeLimit(callTimeoutMs) })
          .catch(undefinedIfMissing);
        if (!found) return undefined;
        return { sizeBytes: found.contentLength ?? 0, modifiedAt: found.lastModified ?? new Date(0) };
      });
    },
    async remove(key) {
      checkKey(key);
      await attempt(async () => {
        const blob = await blobOf(key);
        await blob.delete({ abortSignal: timeLimit(callTimeoutMs) }).catch(undefinedIfMissing);
      });
    },
    async *list(prefix): AsyncGenerator<ListedFile> {
      checkPrefix(prefix);
      const { container } = await attempt(open);
      let continuationToken: string | undefined;
      do {
        const page = await attempt(() =>
          container
            .listBlobsFlat({ prefix, abortSignal: timeLimit(callTimeoutMs) })
            .byPage({
              maxPageSize: options.pageSize ?? defaultPageSize,
              ...(continuationToken && { continuationToken }),
            })
            .next()
            .catch(endIfMissing),
        );
        if (page.done) return;
        for (const { name, properties } of page.value.segment.blobItems)
          yield { key: name, sizeBytes: properties.contentLength ?? 0, modifiedAt: properties.lastModified };
        ({ continuationToken } = page.value);
      } while (continuationToken);
    },
    async downloadUrl(key, { fileName, contentType, disposition, expiresInSeconds }) {
      checkKey(key);
      if (!options.redirectsDownloads) return null;
      const more = { contentType, contentDisposition: contentDisposition(fileName, 'file', disposition) };
      return attempt(async () =>
        addresses.sign(await open(), await blobOf(key), 'r', expiresInSeconds, more),
      );
    },
    async uploadUrl(key, { contentType, expiresInSeconds }) {
      checkKey(key);
      const url = await attempt(async () => {
        await makeContainer();
        return addresses.sign(await open(), await blobOf(key), 'c', expiresInSeconds);
      });
      return { url, headers: { 'content-type': contentType, 'x-ms-blob-type': 'BlockBlob' } };
    },
    async check() {
      await attempt(async () => {
        await makeContainer();
        const { container } = await open();
        await container.getProperties({ abortSignal: timeLimit(checkTimeoutMs) });
      });
    },
  };
}

/** An identity may be allowed its blobs only: then the container is there, or the next call says that it is not. */
async function createContainer(container: AzureClient['container']): Promise<void> {
  const abortSignal = timeLimit(callTimeoutMs);
  await container.createIfNotExists({ abortSignal }).catch(ignoreRefusal);
}

/** The work, or the reason of the signal where that is first; the work itself goes on for others. */
async function orAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function timeLimit(ms: number, signal?: AbortSignal): AbortSignal {
  const limit = AbortSignal.timeout(ms);
  return signal ? AbortSignal.any([signal, limit]) : limit;
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 403)) throw error;
}

function missing(key: string): (error: unknown) => never {
  return (error) => {
    if (isMissingBlob(error)) throw new FileMissingError(key);
    throw error;
  };
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function endIfMissing(error: unknown): { done: true; value: undefined } {
  if (!isMissing(error)) throw error;
  return { done: true, value: undefined };
}
