import assert from 'node:assert/strict';
import { createUser } from '#features/identity/commands/create-user.ts';
import type { Role } from '#platform/auth/actor.ts';
import { runSql } from '#platform/db/database.ts';
import type { Body } from '#test/client.ts';
import { openSession } from '#test/factors.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf, passThrough, type Browser } from '#test/sso/browser.ts';

export type Admin = { id: string; token: string };

export async function startSsoServer(): Promise<{ server: TestServer; admin: Admin }> {
  const server = await startTestServer({
    config: { ssoAllowPrivateAddresses: true, corsOrigins: ['https://front.example.com'] },
  });
  return { server, admin: await makeAccount(server, { name: 'Admin', role: 'admin' }) };
}

/** An account without a password; its address counts as verified. */
export async function makeAccount(
  server: TestServer,
  person: { name: string; role: Role; email?: string },
): Promise<Admin> {
  const { id } = await createUser(server.open.deps, null, person);
  return { id, token: await openSession(server, id) };
}

export async function addProvider(
  server: TestServer,
  admin: Admin,
  provider: Record<string, unknown>,
): Promise<Body> {
  const body = { clientId: 'lms', clientSecret: 'a-secret-of-the-client', name: 'Provider', ...provider };
  const answer = await server.post('/admin/sso/providers', body, admin.token);
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

/** The callback's redirect of a whole sign-in at a provider of `startIdentityProvider`. */
export async function signOn(
  server: TestServer,
  key: string,
  sub: string,
  browser: Browser = createBrowser(server),
) {
  const { location, codeVerifier } = await begin(browser, server, key);
  const end = await passThrough(browser, location, sub);
  return { ...fragmentOf(end), codeVerifier } as { code?: string; error?: string; codeVerifier: string };
}

/** The same, and the exchange of its code. */
export async function signOnWholly(server: TestServer, key: string, sub: string): Promise<Body> {
  const { code, codeVerifier, error } = await signOn(server, key, sub);
  assert.equal(error, undefined);
  const answer = await server.post('/auth/login/exchanges', { code, codeVerifier });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

export async function eventsOf(server: TestServer, type: string): Promise<unknown[]> {
  const rows = await runSql(server.open.deps.db, 'select data from event where type = $1 order by sequence', [
    type,
  ]);
  return rows.map((row) => (row as { data: unknown }).data);
}
