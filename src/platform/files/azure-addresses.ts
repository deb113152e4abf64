import type { BlobGenerateSasUrlOptions, UserDelegationKey } from '@azure/storage-blob';
import type { AzureClient } from './azure-client.ts';

const minuteMs = 60_000;
const keyLifetimeMs = 24 * 60 * minuteMs;
// Clocks of this machine and of Azure may differ.
const skewMs = 5 * minuteMs;

export type Addresses = {
  /** An address that allows this much on this key, and nothing else, from five minutes ago until it expires. */
  sign(
    client: AzureClient,
    key: string,
    allowed: 'r' | 'c',
    expiresInSeconds: number,
    more?: Pick<BlobGenerateSasUrlOptions, 'contentType' | 'contentDisposition'>,
  ): Promise<string>;
};

/** Signs by the account's key, or by one that Azure lends the identity for a day and that is asked for once. */
export function createAddresses(): Addresses {
  let lent: { key: Promise<UserDelegationKey>; untilMs: number } | undefined;

  const borrowKey = async ({ service }: AzureClient, neededUntilMs: number): Promise<UserDelegationKey> => {
    if (lent === undefined || lent.untilMs < neededUntilMs) {
      const untilMs = Date.now() + keyLifetimeMs;
      lent = {
        key: service.getUserDelegationKey(new Date(Date.now() - skewMs), new Date(untilMs)),
        untilMs,
      };
    }
    try {
      return await lent.key;
    } catch (error) {
      lent = undefined;
      throw error;
    }
  };

  return {
    async sign(client, key, allowed, expiresInSeconds, more = {}) {
      const expiresMs = Date.now() + expiresInSeconds * 1000;
      const blob = client.container.getBlockBlobClient(key);
      const { BlobSASPermissions, SASProtocol } = client.storage;
      const options = {
        ...more,
        permissions: BlobSASPermissions.parse(allowed),
        protocol: blob.url.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
        startsOn: new Date(Date.now() - skewMs),
        expiresOn: new Date(expiresMs),
      };
      if (client.hasAccountKey) return blob.generateSasUrl(options);
      return blob.generateUserDelegationSasUrl(options, await borrowKey(client, expiresMs));
    },
  };
}
