import { Type, type Static } from 'typebox';
import { permissions } from '#platform/auth/actor.ts';
import {
  id,
  integer,
  listQuery,
  named,
  nullable,
  object,
  oneLine,
  oneOf,
  pageOf,
  text,
  time,
} from '#platform/http/schema.ts';

const name = oneLine(1, 200, { description: 'Unique without regard to case.' });
const description = text(0, 2_000);
const permissionList = Type.Array(oneOf(permissions), { maxItems: 100, uniqueItems: true });

const own = { name: Type.String(), description: Type.String() };
const counted = { memberCount: integer(0), createdAt: time, updatedAt: time };

export const roleSchema = named(
  'CustomRole',
  object({ id, ...own, permissions: Type.Array(Type.String()), ...counted }),
);
export const newRoleBody = named(
  'NewCustomRole',
  object({ name, description: Type.Optional(description), permissions: permissionList }),
);
export const rolePatch = named(
  'CustomRolePatch',
  object({
    name: Type.Optional(name),
    description: Type.Optional(description),
    permissions: Type.Optional(permissionList),
  }),
);
export const rolePage = pageOf('CustomRolePage', roleSchema);

export const groupSchema = named(
  'Group',
  object({
    id,
    ...own,
    roles: Type.Array(object({ id, name: Type.String() })),
    managedBy: nullable(
      object(
        { id, name: Type.String() },
        { description: 'The SCIM connection that keeps it: by hand nobody changes its name and members.' },
      ),
    ),
    ...counted,
  }),
);
export const newGroupBody = named('NewGroup', object({ name, description: Type.Optional(description) }));
export const groupPatch = named(
  'GroupPatch',
  object({ name: Type.Optional(name), description: Type.Optional(description) }),
);
export const groupPage = pageOf('GroupPage', groupSchema);

export const listingQuery = listQuery(['createdAt', '-createdAt', 'name', '-name'], {
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of the name.' })),
});
export const memberListQuery = listQuery(['createdAt', '-createdAt'], {});
export const memberParams = object({ id, userId: id });
export const groupRoleParams = object({ id, roleId: id });
export const memberPage = pageOf(
  'MemberPage',
  named(
    'Member',
    object({ user: object({ id, name: Type.String(), email: nullable(Type.String()) }), createdAt: time }),
  ),
);

export type NewRoleInput = Static<typeof newRoleBody>;
export type RolePatch = Static<typeof rolePatch>;
export type NewGroupInput = Static<typeof newGroupBody>;
export type GroupPatch = Static<typeof groupPatch>;
