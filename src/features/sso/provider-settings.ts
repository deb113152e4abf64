import type { Deps } from '#platform/deps.ts';
import { secretContext } from './commands/provider-input.ts';
import type { ProviderSettings } from './provider-client.ts';

type Stored = {
  id: string;
  version: number;
  issuer: string;
  client_id: string;
  client_secret: Buffer | null;
};

export function settingsOf({ encryption }: Pick<Deps, 'encryption'>, provider: Stored): ProviderSettings {
  const { id, version, issuer, client_id: clientId, client_secret: sealed } = provider;
  const clientSecret = sealed === null ? null : encryption.decrypt(sealed, secretContext(id));
  return { id, version, issuer, clientId, clientSecret };
}
