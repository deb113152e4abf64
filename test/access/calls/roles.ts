import { randomUUID } from 'node:crypto';
import type { Caller } from '../callers.ts';
import { makeBystander, makeInvited } from '../people.ts';
import type { Call, Recipe } from '../recipe.ts';
import { must, type World } from '../world.ts';

export const roleCalls: Record<string, Recipe> = {
  listCustomRoles: () => ({}),
  createCustomRole: () => ({ body: { name: randomUUID(), permissions: [] } }),
  'createCustomRole (of more than one has)': asDelegate(() => ({
    body: { name: randomUUID(), permissions: ['webhooks.manage'] },
  })),
  getCustomRole: ({ roles }) => ({ path: { id: roles.roleId } }),
  updateCustomRole: async (world) => ({
    path: { id: await makeRole(world) },
    body: { description: 'New', permissions: [] },
  }),
  deleteCustomRole: async (world) => ({ path: { id: await makeRole(world) } }),
  listCustomRoleMembers: ({ roles }) => ({ path: { id: roles.roleId } }),
  giveCustomRole: async ({ server, roles }) => ({
    path: { id: roles.roleId, userId: await makeBystander(server) },
  }),
  'giveCustomRole (of more than one has)': asDelegate(async ({ server, roles }) => ({
    path: { id: roles.strongRoleId, userId: await makeBystander(server) },
  })),
  takeCustomRole: async (world) => {
    const member = { id: await makeRole(world), userId: await makeBystander(world.server) };
    await must(world, 'admin', 'PUT', `/roles/${member.id}/members/${member.userId}`);
    return { path: member };
  },

  listGroups: () => ({}),
  createGroup: () => ({ body: { name: randomUUID() } }),
  getGroup: ({ roles }) => ({ path: { id: roles.groupId } }),
  updateGroup: async (world) => ({ path: { id: await makeGroup(world) }, body: { description: 'New' } }),
  deleteGroup: async (world) => ({ path: { id: await makeGroup(world) } }),
  listGroupMembers: ({ roles }) => ({ path: { id: roles.groupId } }),
  addGroupMember: async ({ server, roles }) => ({
    path: { id: roles.groupId, userId: await makeBystander(server) },
  }),
  'addGroupMember (with a strong role)': asDelegate(async ({ server, roles }) => ({
    path: { id: roles.strongGroupId, userId: await makeBystander(server) },
  })),
  removeGroupMember: async (world) => {
    const member = { id: await makeGroup(world), userId: await makeBystander(world.server) };
    await must(world, 'admin', 'PUT', `/groups/${member.id}/members/${member.userId}`);
    return { path: member };
  },
  giveGroupRole: async (world) => ({ path: { id: await makeGroup(world), roleId: world.roles.roleId } }),
  takeGroupRole: async (world) => {
    // Of its own: where the group is called `..`, this deletes the role.
    const given = { id: await makeGroup(world), roleId: await makeRole(world) };
    await must(world, 'admin', 'PUT', `/groups/${given.id}/roles/${given.roleId}`);
    return { path: given };
  },

  'createUser (of more than one may)': asDelegate(() => ({ body: { name: 'New', role: 'admin' } })),
  'updateUser (who may do more)': asDelegate(async ({ server }) => ({
    path: { id: await makeBystander(server, 'admin') },
    body: { name: 'Other' },
  })),
  'inviteUser (who may do more)': asDelegate(async ({ server }) => ({
    path: { id: await makeInvited(server, 'admin') },
  })),
  getMyPermissions: () => ({}),
  'getMyPermissions (in a draft)': ({ draft }) => ({ query: `?course=${draft.id}` }),
  getUserPermissions: ({ people, draft }) => ({
    path: { id: people.student.id },
    query: `?course=${draft.id}`,
  }),
};

/** The stranger's cell is that of the delegate: who manages people, roles and groups, and nothing else. */
function asDelegate(make: (world: World) => Call | Promise<Call>): Recipe {
  return async (world, caller: Caller) => ({
    ...(await make(world)),
    ...(caller === 'stranger' && { token: world.roles.delegate.token }),
  });
}

async function makeRole(world: World): Promise<string> {
  return (await must(world, 'admin', 'POST', '/roles', { name: randomUUID(), permissions: [] })).id as string;
}

async function makeGroup(world: World): Promise<string> {
  return (await must(world, 'admin', 'POST', '/groups', { name: randomUUID() })).id as string;
}
