import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { openAzureIdentity } from '#platform/azure-identity.ts';

export type AzureAccount = {
  /** With the account's key; or null, then `accountUrl` and an identity that Azure gave the machine. */
  connectionString: string | null;
  accountUrl: string | null;
  /** Of a user-assigned identity; null for the one that the machine has. */
  clientId: string | null;
  containerName: string;
};

export type AzureClient = {
  storage: typeof import('@azure/storage-blob');
  service: BlobServiceClient;
  container: ContainerClient;
  hasAccountKey: boolean;
};

// Short, since somebody waits: what is away for longer is told as 503, and jobs try again by themselves.
const retryOptions = {
  maxTries: 3,
  tryTimeoutInMs: 30_000,
  retryDelayInMs: 200,
  maxRetryDelayInMs: 2_000,
};

/** Loads the library and opens the account. Nothing is sent before something is asked. */
export async function openAzureClient(account: AzureAccount): Promise<AzureClient> {
  const storage = await import('@azure/storage-blob');
  const service =
    account.connectionString === null
      ? new storage.BlobServiceClient(account.accountUrl ?? '', await openAzureIdentity(account.clientId), {
          retryOptions,
        })
      : storage.BlobServiceClient.fromConnectionString(account.connectionString, { retryOptions });
  return {
    storage,
    service,
    container: service.getContainerClient(account.containerName),
    hasAccountKey: account.connectionString !== null,
  };
}
