import { randomUUID } from 'node:crypto';
import { createUser } from '#features/identity/commands/create-user.ts';
import type { Role } from '#platform/auth/actor.ts';
import type { Body } from '#test/client.ts';
import type { TestServer } from '#test/server.ts';
import { must, type Makers } from './must.ts';

export type ScimThings = {
  connectionId: string;
  /** Of the connection. */
  token: string;
  /** Somebody whom it brought, and a group that it keeps. */
  userId: string;
  groupId: string;
  /** Whom another one brought. */
  foreignUserId: string;
};

export async function makeScimThings(makers: Makers): Promise<ScimThings> {
  const { id: connectionId, token } = await makeConnection(makers);
  const other = await makeConnection(makers);
  const { id: userId } = await bring(makers.server, token, '/Users', newScimUser());
  const group = { displayName: 'Of the directory', members: [{ value: userId }] };
  const { id: groupId } = await bring(makers.server, token, '/Groups', group);
  const { id: foreignUserId } = await bring(makers.server, other.token, '/Users', newScimUser());
  return { connectionId, token, userId, groupId, foreignUserId };
}

export function makeConnection(makers: Makers): Promise<Body> {
  const body = { name: 'Directory', emailDomains: ['directory.example'] };
  return must(makers, 'admin', 'POST', '/admin/scim/connections', body);
}

export function newScimUser(userName = `${randomUUID()}@directory.example`) {
  return { userName, displayName: 'Somebody', externalId: randomUUID() };
}

/** Who already has an account with an address of the directory's. */
export async function makeKnown(server: TestServer, role: Role): Promise<string> {
  const email = `${randomUUID()}@directory.example`;
  await createUser(server.open.deps, null, { name: 'Known', role, email });
  return email;
}

export async function bring(server: TestServer, token: string, path: string, body: object): Promise<Body> {
  const answer = await server.request('POST', `/../../scim/v2${path}`, { token, body });
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}
