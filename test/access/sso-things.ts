import { runSql } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import type { TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf } from '#test/sso/browser.ts';
import type { ForgedProvider } from '#test/sso/forged-provider.ts';
import { createSamlProvider, type SamlProvider } from '#test/sso/saml-provider.ts';
import { must, type Makers } from './must.ts';

export type SsoThings = {
  /** Which lets anybody in, under the key `school`. */
  providerId: string;
  /** A link of the student's to it. */
  identityId: string;
  provider: ForgedProvider;
  /** Which lets anybody in, under the key `faculty`. */
  saml: SamlProvider;
};

export async function makeSsoThings(makers: Makers, provider: ForgedProvider): Promise<SsoThings> {
  const body = {
    key: 'school',
    name: 'School',
    clientId: 'lms',
    issuer: provider.issuer,
    createsAccounts: true,
  };
  const { id: providerId } = await must(makers, 'admin', 'POST', '/admin/sso/providers', body);
  const saml = createSamlProvider();
  const faculty = { ...newSamlProvider(saml), key: 'faculty', createsAccounts: true };
  await must(makers, 'admin', 'POST', '/admin/sso/providers', faculty);
  const identityId = await linkTo(makers.server, providerId, makers.people.student.id);
  return { providerId, identityId, provider, saml };
}

export function newSamlProvider({ metadata }: SamlProvider) {
  return { name: 'Faculty', protocol: 'saml', saml: { metadata } };
}

/** What a provider of SAML posts for a browser that began. */
export async function samlForm(server: TestServer, provider: SamlProvider) {
  const { location, cookies } = await begin(createBrowser(server), server, 'faculty', {}, 'saml');
  const form = provider.answer(location, { subject: newId() });
  return { form, cookie: cookies[0]?.split(';')[0] ?? '' };
}

/** What a browser comes for it with. */
export async function comeBackBySaml(server: TestServer, provider: SamlProvider) {
  const { form, cookie } = await samlForm(server, provider);
  const address = `${server.baseUrl}/auth/saml/faculty/acs`;
  const posted = await fetch(address, { method: 'POST', body: form, redirect: 'manual' });
  return { query: new URL(posted.headers.get('location') ?? '').search, cookie };
}

/** Links somebody to a provider that knows nobody here, as a sign-in would. */
export async function linkTo(server: TestServer, providerId: string, userId: string): Promise<string> {
  const id = newId();
  await runSql(
    server.open.deps.db,
    `insert into external_identity (id, user_id, provider_id, subject, created_at, last_used_at)
      values ($1::uuid, $2, $3, $1::text, now(), now())`,
    [id, userId, providerId],
  );
  return id;
}

/** What a browser comes back to the callback with. */
export async function comeBack(server: TestServer, provider: ForgedProvider, subject: string = newId()) {
  const begun = await begin(createBrowser(server), server, 'school');
  provider.forgery = { claims: { sub: subject } };
  const query = `?${provider.authorize(begun.location).toString()}`;
  const cookie = begun.cookies[0]?.split(';')[0] ?? '';
  return { query, cookie, codeVerifier: begun.codeVerifier };
}

/** A sign-in up to its code. */
export async function signOnOnce(server: TestServer, provider: ForgedProvider) {
  const subject = newId();
  const { query, cookie, codeVerifier } = await comeBack(server, provider, subject);
  const url = `${server.baseUrl}/auth/oidc/school/callback${query}`;
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
  return { code: fragmentOf(answer.headers.get('location') ?? '')['code'] ?? '', codeVerifier, subject };
}
