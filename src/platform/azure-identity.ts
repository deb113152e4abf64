import type { TokenCredential } from '@azure/identity';

/** The identity that Azure gave this machine, or the user-assigned one with this client id. Loads the library. */
export async function openAzureIdentity(clientId: string | null): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential(
    clientId === null ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId },
  );
}
