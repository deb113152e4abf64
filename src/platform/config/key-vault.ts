import type { SecretClient } from '@azure/keyvault-secrets';
import { openAzureIdentity } from '#platform/azure-identity.ts';
import { readSettings } from './draft.ts';
import type { ConfigInput } from './draft.ts';
import { secretFileNames } from './secret-files.ts';
import { settings } from './settings.ts';

// All of it: a start that hangs for longer is worse than one that says why it ends.
const timeoutMs = 20_000;
const retryOptions = { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 1_000 };

/** The name of a setting in Key Vault, where names have letters, digits and hyphens: `SECRET_KEY` is `secret-key`. */
export function vaultNameOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/**
 * Adds the secrets that Azure Key Vault holds, where AZURE_KEYVAULT_URL names one; asks for those alone that neither
 * the environment nor `.env` sets, by themselves or by a file. What keeps the vault from answering is told as a
 * reason by whoever loads the settings.
 */
export async function readKeyVault(input: ConfigInput): Promise<ConfigInput> {
  const { values, given } = readSettings(input);
  const { azureKeyvaultUrl: url, azureClientId } = values;
  if (url === null || !url.startsWith('https:')) return input;
  const wanted = settings.filter(({ name, key }) => secretFileNames.has(name) && !given.has(key));
  try {
    const client = await openClient(url, azureClientId);
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const read = async (name: string) =>
      [name, await readSecret(client, vaultNameOf(name), abortSignal)] as const;
    const [first, ...rest] = wanted.map(({ name }) => name);
    if (first === undefined) return input;
    // One by itself: the vault says once who gives the token, and the others use it.
    const found = [await read(first), ...(await Promise.all(rest.map(read)))];
    return { ...input, vault: { values: Object.fromEntries(found) } };
  } catch (error) {
    return { ...input, vault: { problem: explain(error) } };
  }
}

async function openClient(url: string, clientId: string | null): Promise<SecretClient> {
  const { SecretClient: Client } = await import('@azure/keyvault-secrets');
  return new Client(url, await openAzureIdentity(clientId), { retryOptions });
}

async function readSecret(
  client: SecretClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await client.getSecret(name, { abortSignal })).value;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

const identityErrors = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);

/** The end of a sentence that begins with AZURE_KEYVAULT_URL; never the error's own text, which may hold tokens. */
function explain(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  const status = statusOf(error);
  if (identityErrors.has(String(name))) {
    return 'names a vault, but this machine has no identity to read it with: give it a managed identity, or correct AZURE_CLIENT_ID';
  }
  if (status === 401 || status === 403) {
    return `names a vault that refuses this identity (${status}): give it the role "Key Vault Secrets User", let the firewall of the vault admit this machine, and see that no secret is disabled`;
  }
  if (status !== undefined)
    return `names a vault that answers with status ${status}: look at the vault, then start again`;
  const reason = typeof code === 'string' ? code : String(name);
  return `names a vault that cannot be reached (${reason}): correct the address, or the network of this machine`;
}

function statusOf(error: unknown): number | undefined {
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}
