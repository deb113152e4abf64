import type { ProviderRow } from '../queries/providers.ts';
import type { SamlSettings } from './settings.ts';

export type SamlProvider = ProviderRow & { saml: SamlSettings };

/** One whose protocol is SAML. */
export function asSaml({ saml, ...row }: ProviderRow): SamlProvider {
  if (!saml) throw new Error(`The provider ${row.id} is none of SAML.`);
  return { ...row, saml };
}
