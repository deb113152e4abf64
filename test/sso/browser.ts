import { createHash, randomBytes } from 'node:crypto';
import type { TestServer } from '#test/server.ts';

/** Where the institution's addresses lead to. */
type Served = { address: string; open: { deps: { config: { publicUrl: string } } } };

/** A browser as far as cookies and redirects go. */
export type Browser = {
  /**
   * Follows no redirect. An address of the institution's goes to where the server listens. A form is posted from another
   * site, so that no `Lax` cookie goes with it.
   */
  open(
    url: string,
    form?: URLSearchParams,
  ): Promise<{ status: number; location: string; text: string; cookies: string[] }>;
};

export function createBrowser(server: Served): Browser {
  const { publicUrl } = server.open.deps.config;
  const jars = new Map<string, Map<string, string>>();
  return {
    async open(url, form) {
      const target = url.startsWith(`${publicUrl}/`) ? server.address + url.slice(publicUrl.length) : url;
      const { origin } = new URL(target);
      const jar = jars.get(origin) ?? new Map<string, string>();
      jars.set(origin, jar);
      const cookie = form ? '' : [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(target, {
        redirect: 'manual',
        headers: cookie === '' ? {} : { cookie },
        ...(form && { method: 'POST', body: form }),
      });
      const cookies = response.headers.getSetCookie();
      for (const each of cookies) keepCookie(jar, each);
      const location = response.headers.get('location') ?? '';
      return {
        status: response.status,
        location: location === '' ? '' : new URL(location, target).href,
        text: await response.text(),
        cookies,
      };
    },
  };
}

/** Does to the cookies what a Set-Cookie header says, of its name, value and end. */
export function keepCookie(jar: Map<string, string>, header: string): void {
  const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
  const [name = '', value = ''] = pair.split(/=(.*)/s);
  const isGone =
    value === '' || attributes.some((each) => /^max-age=0$|^expires=Thu, 01 Jan 1970/i.test(each));
  if (isGone) jar.delete(name);
  else jar.set(name, value);
}

/** What a front end keeps while somebody is away at a provider. */
export function newVerifier(): { codeVerifier: string; codeChallenge: string } {
  const codeVerifier = randomBytes(32).toString('base64url');
  return { codeVerifier, codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url') };
}

/** Begins a sign-in by a provider, as a front end's button does. */
export async function begin(
  browser: Browser,
  server: TestServer,
  key: string,
  more: Record<string, string> = {},
  protocol: 'oidc' | 'saml' = 'oidc',
) {
  const { codeVerifier, codeChallenge } = newVerifier();
  const query = new URLSearchParams({ codeChallenge, ...more });
  const answer = await browser.open(`${server.baseUrl}/auth/${protocol}/${key}/start?${query.toString()}`);
  return { ...answer, codeVerifier };
}

/** What a sign-in led back with. */
export function fragmentOf(location: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new URL(location).hash.slice(1)));
}

/** Goes through the pages of `startIdentityProvider` as this person; the whole address that it led back to. */
export async function passThrough(browser: Browser, location: string, sub: string): Promise<string> {
  let at = location;
  for (let steps = 0; steps < 12; steps += 1) {
    const isChoice = /\/interaction\/[\w-]+$/.test(at);
    const { location: next } = await browser.open(isChoice ? `${at}?sub=${sub}` : at);
    if (next === '' || new URL(next).hash !== '') return next;
    at = next;
  }
  throw new Error(`The sign-in goes round in circles at ${at}`);
}
