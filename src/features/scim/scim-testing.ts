import assert from 'node:assert/strict';
import { createUser } from '#features/identity/commands/create-user.ts';
import type { Role } from '#platform/auth/actor.ts';
import { runSql } from '#platform/db/database.ts';
import type { Answer, Body } from '#test/client.ts';
import { openSession } from '#test/factors.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error';

export type Account = { id: string; token: string };

export async function startScimServer(): Promise<{ server: TestServer; admin: Account }> {
  const server = await startTestServer();
  return { server, admin: await makeAccount(server, 'admin') };
}

/** An account without a password; its address counts as verified. */
export async function makeAccount(server: TestServer, role: Role, email?: string): Promise<Account> {
  const { id } = await createUser(server.open.deps, null, { name: 'Account', role, ...(email && { email }) });
  return { id, token: await openSession(server, id) };
}

/** A directory that calls with its token. */
export type Directory = {
  id: string;
  token: string;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
};

export async function connect(server: TestServer, admin: Account, input: object = {}): Promise<Directory> {
  const body = { name: 'Directory', emailDomains: ['school.example'], ...input };
  const answer = await server.post('/admin/scim/connections', body, admin.token);
  assert.equal(answer.status, 201, answer.text);
  const { id, token } = answer.body;
  return {
    id,
    token,
    send: (method, path, sent, headers) => call(server, token, method, path, sent, headers),
  };
}

/** As directories call: below the host, with their own media type. */
export function call(
  server: TestServer,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const type = { 'content-type': 'application/scim+json; charset=utf-8' };
  return server.request(method, `/../../scim/v2${path}`, {
    token,
    body,
    headers: { ...(body !== undefined && type), ...headers },
  });
}

let count = 0;
/** A user as Entra posts one. */
export function newUser(fields: object = {}): Body {
  const userName = `person-${++count}@school.example`;
  return {
    schemas: [userUrn, enterpriseUrn],
    externalId: `ext-${count}`,
    userName,
    active: true,
    displayName: `Person ${count}`,
    emails: [{ primary: true, type: 'work', value: userName }],
    meta: { resourceType: 'User' },
    name: { formatted: `Person ${count}`, familyName: `${count}`, givenName: 'Person' },
    roles: [],
    ...fields,
  };
}

export async function bring(directory: Directory, fields: object = {}): Promise<Body> {
  const answer = await directory.send('POST', '/Users', newUser(fields));
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

export async function bringGroup(directory: Directory, fields: object = {}): Promise<Body> {
  const body = { schemas: [groupUrn], displayName: `Group ${++count}`, ...fields };
  const answer = await directory.send('POST', '/Groups', body);
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

export const patch = (...Operations: object[]) => ({ schemas: [patchUrn], Operations });

/** That an answer is an error as RFC 7644, section 3.12, has them. */
export function assertScimError(answer: Answer, status: number, scimType?: string): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/scim\+json/);
  assert.deepEqual(answer.body.schemas, [errorUrn]);
  assert.equal(answer.body.status, String(status));
  assert.equal(answer.body.scimType, scimType, answer.text);
}

export async function rowsOf(server: TestServer, sql: string, values: unknown[] = []): Promise<Body[]> {
  return runSql(server.open.deps.db, sql, values);
}
