import type { BlockBlobClient } from '@azure/storage-blob';
import type { Logger } from '#platform/log.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { openAzureClient, type AzureAccount, type AzureClient } from './azure-client.ts';
import { explainAzureTrouble } from './azure-trouble.ts';

// Of one call with its tries. A block of 4 MiB is over long before on any line that is of use.
const blockTimeoutMs = 60_000;
const callTimeoutMs = 15_000;

/** One account and container, opened at the first call. */
export type AzureSession = {
  /** Makes one short call; what keeps the service from answering is thrown as clients and operators understand it. */
  call<T>(work: (client: AzureClient, abortSignal: AbortSignal) => Promise<T>): Promise<T>;
  callBlob<T>(key: string, work: (blob: BlockBlobClient, abortSignal: AbortSignal) => Promise<T>): Promise<T>;
  /** The same for a block of an upload; where the caller's signal is aborted, it throws its reason. */
  sendFor(signal: AbortSignal | undefined): Send;
  /** Makes the container where it is missing, once in a process. */
  makeContainer(signal?: AbortSignal): Promise<void>;
};
export type Send = <T>(work: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;

export function openAzureSession(account: AzureAccount, log: Logger): AzureSession {
  const warn = createSparseWarn();
  let opening: Promise<AzureClient> | undefined;
  let making: Promise<void> | undefined;
  const open = () => (opening ??= openAzureClient(account));
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainAzureTrouble(error, (trouble, message) => warn(log, 'azure', trouble, message));
    }
  };
  const call: AzureSession['call'] = (work) =>
    attempt(async () => work(await open(), AbortSignal.timeout(callTimeoutMs)));
  return {
    call,
    callBlob: (key, work) =>
      call(({ container }, abortSignal) => work(container.getBlockBlobClient(key), abortSignal)),
    sendFor(signal) {
      const given = signal ? [signal] : [];
      return async (work) => {
        try {
          return await attempt(() => work(AbortSignal.any([...given, AbortSignal.timeout(blockTimeoutMs)])));
        } catch (error) {
          signal?.throwIfAborted();
          throw error;
        }
      };
    },
    async makeContainer(signal) {
      making ??= call(({ container }, abortSignal) => createContainer(container, abortSignal));
      try {
        await orAborted(making, signal);
      } catch (error) {
        if (!signal?.aborted) making = undefined;
        throw error;
      }
    },
  };
}

/** An identity may be allowed its blobs only: then the container is there, or the next call says that it is not. */
async function createContainer(container: AzureClient['container'], abortSignal: AbortSignal): Promise<void> {
  try {
    await container.createIfNotExists({ abortSignal });
  } catch (error) {
    if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 403)) throw error;
  }
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
