import type { Deps } from '#platform/deps.ts';

/** How names that a provider gives to people are formed. */
export const nameIdFormats = ['unspecified', 'persistent', 'emailAddress'] as const;

/** What a provider of SAML has beside what every provider has. */
export type SamlSettings = {
  /** Where browsers are sent, by HTTP-Redirect. */
  ssoUrl: string;
  /** Base64 of DER. Whatever one of them signed counts. */
  certificates: string[];
  nameIdFormat: (typeof nameIdFormats)[number];
  /** The attribute that says who they are, in place of the name identifier. */
  subjectAttribute: string | null;
  /** The response too; an assertion always is. */
  wantsResponseSigned: boolean;
  clockSkewSeconds: number;
  /** Whether its addresses count as verified. */
  vouchesForAddresses: boolean;
  /** Base64 of DER; its key is the provider's sealed secret. Null: our requests are not signed. */
  signingCertificate: string | null;
};

type Addressing = Pick<Deps['config'], 'publicUrl' | 'apiV1Prefix'>;

/** Where providers post what they answer. */
export function acsUrlOf(config: Addressing, key: string): string {
  return `${addressOf(config, key)}/acs`;
}

/** Where what we are is told to providers; also our entity id, unless another was set. */
export function metadataUrlOf(config: Addressing, key: string): string {
  return `${addressOf(config, key)}/metadata`;
}

/** Where a browser comes for what was posted. */
export function completionUrlOf(config: Addressing, key: string, state: string): string {
  return `${addressOf(config, key)}/complete?${new URLSearchParams({ state }).toString()}`;
}

function addressOf({ publicUrl, apiV1Prefix }: Addressing, key: string): string {
  return `${publicUrl}${apiV1Prefix}/auth/saml/${key}`;
}
