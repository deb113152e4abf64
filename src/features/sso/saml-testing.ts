import assert from 'node:assert/strict';
import type { Body } from '#test/client.ts';
import type { TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf } from '#test/sso/browser.ts';
import type { SamlForgery, SamlProvider } from '#test/sso/saml-provider.ts';
import type { Admin } from './sso-testing.ts';

export async function addSamlProvider(
  server: TestServer,
  admin: Admin,
  provider: SamlProvider,
  { saml, ...more }: { key: string; saml?: object } & Record<string, unknown>,
): Promise<Body> {
  const given = { metadata: provider.metadata, ...saml };
  const body = { name: 'Provider', protocol: 'saml', createsAccounts: true, ...more, saml: given };
  const answer = await server.post('/admin/sso/providers', body, admin.token);
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

/** A whole sign-in: what it led back with, and the reason that the log has of a refusal. */
export async function signOnBySaml(
  server: TestServer,
  provider: SamlProvider,
  key: string,
  forgery: SamlForgery = {},
) {
  const browser = createBrowser(server);
  const begun = await begin(browser, server, key, {}, 'saml');
  const posted = await browser.open(acsOf(server, key), provider.answer(begun.location, forgery));
  assert.equal(posted.status, 303, posted.text);
  const { status, location, text } = await browser.open(posted.location);
  assert.equal(status, 302, text);
  const { codeVerifier } = begun;
  const { code, error } = fragmentOf(location);
  return { code, error, detail: error === undefined ? undefined : lastDetail(server), codeVerifier };
}

/** The same, and the exchange of its code. */
export async function signOnWhollyBySaml(...of: Parameters<typeof signOnBySaml>): Promise<Body> {
  const { code, codeVerifier, error, detail } = await signOnBySaml(...of);
  assert.equal(error, undefined, detail);
  const answer = await of[0].post('/auth/login/exchanges', { code, codeVerifier });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

export function acsOf(server: TestServer, key: string): string {
  return `${server.baseUrl}/auth/saml/${key}/acs`;
}

function lastDetail(server: TestServer): string {
  const line = server.log.findLast(({ message }) => message === 'single sign-on: a sign-in was refused');
  return String(line?.['failure']);
}
