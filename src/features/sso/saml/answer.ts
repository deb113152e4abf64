import { hashToken } from '#platform/crypto.ts';
import type { Deps } from '#platform/deps.ts';
import { requestIdOf, type Started } from '../browser-secret.ts';
import { readClaims, type Answer } from '../claims.ts';
import { postedContext } from '../commands/keep-posted.ts';
import { spendAssertion } from '../queries/transactions.ts';
import { readAssertion } from './assertion.ts';
import { samlClientOf } from './client.ts';
import { readResponse, refused } from './response.ts';
import type { SamlProvider } from './provider.ts';
import { acsUrlOf } from './settings.ts';

/** Verifies what a provider posted for the browser that began, as it was kept. Throws `SignOnRefused`. */
export async function readPosted(
  deps: Deps,
  provider: SamlProvider,
  { started, posted }: { started: Started; posted: Buffer | null },
): Promise<Answer> {
  const requestId = requestIdOf(started);
  const acsUrl = acsUrlOf(deps.config, provider.key);
  const xml = decoded(opened(deps, started.state, posted));
  const shape = readResponse(xml);
  if (shape.destination === undefined ? shape.isSigned : shape.destination !== acsUrl)
    throw refused('other_destination');
  if (shape.inResponseTo !== requestId) throw refused('other_request');
  if (shape.issuer !== undefined && shape.issuer !== provider.issuer) throw refused('other_issuer');
  const { saml } = provider;
  const asserted = readAssertion(
    await signedXmlOf(deps, provider, { xml, requestId, isResponseSigned: shape.isSigned }),
    {
      issuer: provider.issuer,
      acsUrl,
      requestId,
      subjectAttribute: saml.subjectAttribute,
      // Others write these times: they are held against real time, as the library does.
      now: Date.now(),
      clockSkewMs: saml.clockSkewSeconds * 1000,
    },
  );
  const spent = { providerId: provider.id, idHash: hashToken(asserted.id), expiresAt: asserted.expiresAt };
  if (!(await spendAssertion(deps.db, spent))) throw refused('replayed');
  const claims = {
    ...asserted.attributes,
    sub: asserted.subject,
    email_verified: saml.vouchesForAddresses,
    amr: asserted.usedSecondFactor ? ['mfa'] : [],
  };
  return { person: readClaims(claims, provider.claims), sid: null, idToken: null };
}

/** The assertion, as it was signed: canonical, and nothing of the response around it. */
async function signedXmlOf(
  deps: Deps,
  provider: SamlProvider,
  { xml, ...asked }: { xml: string; requestId: string; isResponseSigned: boolean },
): Promise<string> {
  const client = await samlClientOf(deps, provider, asked);
  const SAMLResponse = Buffer.from(xml).toString('base64');
  // Whatever the library says of what a stranger sent: it does not count.
  const { profile } = await client.validatePostResponseAsync({ SAMLResponse }).catch((error: unknown) => {
    throw refused(detailOf(error));
  });
  const signedXml = profile?.getAssertionXml?.();
  if (signedXml === undefined) throw refused('no_assertion');
  return signedXml;
}

/** What the library found, in words of ours: its own hold what was sent. */
function detailOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const [, detail = 'not_understood'] = details.find(([pattern]) => pattern.test(message)) ?? [];
  return detail;
}

const details: readonly [RegExp, string][] = [
  [/^Invalid (?:document )?signature/, 'signature_invalid'],
  [/audience/i, 'other_audience'],
  [/not yet valid/, 'not_yet_valid'],
  [/expired|No valid subject confirmation/, 'expired'],
  [/InResponseTo/, 'other_request'],
];

function opened({ encryption }: Deps, state: string, posted: Buffer | null): string {
  if (!posted) throw refused('nothing_posted');
  try {
    return encryption.decrypt(posted, postedContext(state));
  } catch {
    // ENCRYPTION_KEY was changed meanwhile, without the one before.
    throw refused('not_opened');
  }
}

function decoded(response: string): string {
  const base64 = response.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw refused('not_base64');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    throw refused('not_utf8');
  }
}
