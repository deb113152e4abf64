import { makePerson } from '#test/people.ts';
import type { Person } from '#test/client.ts';
import { must, type Makers } from './must.ts';

export type RoleThings = {
  /** Which gives nothing, and which the student has. */
  roleId: string;
  /** Which gives what the delegate does not have. */
  strongRoleId: string;
  /** In which the student is, with the role. */
  groupId: string;
  /** Whose members have the strong role. */
  strongGroupId: string;
  /** A student by role who manages people, roles and groups by a custom role, and may do nothing else. */
  delegate: Person;
  /** A key of the student's. */
  apiKeyId: string;
};

/** Roles and groups, and somebody whose rights come from there alone. */
export async function makeRoleThings(makers: Makers): Promise<RoleThings> {
  const make = async (path: string, body: object) =>
    (await must(makers, 'admin', 'POST', path, body)).id as string;
  const managing = ['users.manage', 'roles.manage', 'groups.manage'];
  const roleId = await make('/roles', { name: 'Library', permissions: [] });
  const strongRoleId = await make('/roles', { name: 'Integrations', permissions: ['webhooks.manage'] });
  const delegateRoleId = await make('/roles', { name: 'Registrar', permissions: managing });
  const groupId = await make('/groups', { name: 'Class 7b' });
  const strongGroupId = await make('/groups', { name: 'IT' });
  const delegate = await makePerson(makers.server, 'student', 'Delegate');
  for (const path of [
    `/roles/${roleId}/members/${makers.people.student.id}`,
    `/roles/${delegateRoleId}/members/${delegate.id}`,
    `/groups/${groupId}/members/${makers.people.student.id}`,
    `/groups/${groupId}/roles/${roleId}`,
    `/groups/${strongGroupId}/roles/${strongRoleId}`,
  ])
    await must(makers, 'admin', 'PUT', path);
  const key = { name: 'Reading', scopes: ['courses:read'] };
  const { id: apiKeyId } = await must(makers, 'student', 'POST', '/me/api-keys', key);
  return { apiKeyId, roleId, strongRoleId, groupId, strongGroupId, delegate };
}
