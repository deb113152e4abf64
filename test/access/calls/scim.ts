import { randomUUID } from 'node:crypto';
import type { Caller } from '../callers.ts';
import type { Call, Recipe } from '../recipe.ts';
import { bring, makeConnection, makeKnown, newScimUser } from '../scim-things.ts';
import { must, type World } from '../world.ts';

const newConnection = { name: 'Another' };
const connectionOf = async (world: World) => ({ path: { id: (await makeConnection(world)).id as string } });

/** Who manages sign-on, and has nothing to give but that. */
const delegateAs = (caller: Caller, { roles }: World) =>
  caller === 'stranger' ? { token: roles.delegate.token } : {};

/** The stranger's cell is that of a directory. */
function asDirectory(call: (world: World) => Call | Promise<Call>): Recipe {
  return async (world, caller) => ({
    ...(await call(world)),
    ...(caller === 'stranger' && { token: world.scim.token }),
  });
}

async function newUser({ server, scim }: World): Promise<string> {
  return (await bring(server, scim.token, '/Users', newScimUser())).id;
}

async function newGroup({ server, scim }: World): Promise<string> {
  return (await bring(server, scim.token, '/Groups', { displayName: randomUUID() })).id;
}

const renamed = { Operations: [{ op: 'Replace', path: 'displayName', value: 'Somebody else' }] };

export const scimCalls: Record<string, Recipe> = {
  listScimConnections: () => ({}),
  createScimConnection: () => ({ body: newConnection }),
  'createScimConnection (by a delegate)': (world, caller) => ({
    body: newConnection,
    ...delegateAs(caller, world),
  }),
  getScimConnection: ({ scim }) => ({ path: { id: scim.connectionId } }),
  updateScimConnection: async (world) => ({
    ...(await connectionOf(world)),
    body: { name: 'Other', isActive: false },
  }),
  'updateScimConnection (whom it brings)': async (world, caller) => ({
    ...(await connectionOf(world)),
    body: { emailDomains: ['school.example'] },
    ...delegateAs(caller, world),
  }),
  rotateScimToken: connectionOf,
  deleteScimConnection: connectionOf,

  getScimServiceProviderConfig: asDirectory(() => ({})),
  listScimResourceTypes: asDirectory(() => ({})),
  getScimResourceType: asDirectory(() => ({ path: { name: 'User' } })),
  listScimSchemas: asDirectory(() => ({})),
  getScimSchema: asDirectory(() => ({ path: { name: 'urn:ietf:params:scim:schemas:core:2.0:User' } })),

  listScimUsers: asDirectory(() => ({})),
  createScimUser: asDirectory(() => ({ body: newScimUser() })),
  'createScimUser (a known address)': asDirectory(async ({ server }) => ({
    body: newScimUser(await makeKnown(server, 'student')),
  })),
  'createScimUser (an admin’s address)': asDirectory(async ({ server }) => ({
    body: newScimUser(await makeKnown(server, 'admin')),
  })),
  getScimUser: asDirectory(({ scim }) => ({ path: { id: scim.userId } })),
  'getScimUser (of another connection)': asDirectory(({ scim }) => ({ path: { id: scim.foreignUserId } })),
  replaceScimUser: asDirectory(async (world) => ({
    path: { id: await newUser(world) },
    body: newScimUser(),
  })),
  updateScimUser: asDirectory(async (world) => ({ path: { id: await newUser(world) }, body: renamed })),
  'updateScimUser (who manages people)': asDirectory(async (world) => {
    const id = await newUser(world);
    await must(world, 'admin', 'PATCH', `/users/${id}`, { role: 'admin' });
    return { path: { id }, body: renamed };
  }),
  deleteScimUser: asDirectory(async (world) => ({ path: { id: await newUser(world) } })),

  listScimGroups: asDirectory(() => ({})),
  createScimGroup: asDirectory(({ scim }) => ({
    body: { displayName: randomUUID(), members: [{ value: scim.userId }] },
  })),
  getScimGroup: asDirectory(({ scim }) => ({ path: { id: scim.groupId } })),
  replaceScimGroup: asDirectory(async (world) => ({
    path: { id: await newGroup(world) },
    body: { displayName: randomUUID(), members: [{ value: world.scim.userId }] },
  })),
  updateScimGroup: asDirectory(async (world) => ({
    path: { id: await newGroup(world) },
    body: { Operations: [{ op: 'Add', path: 'members', value: [{ value: world.scim.userId }] }] },
  })),
  deleteScimGroup: asDirectory(async (world) => ({ path: { id: await newGroup(world) } })),

  'addGroupMember (a directory’s group)': ({ scim, people }) => ({
    path: { id: scim.groupId, userId: people.student.id },
  }),
};
