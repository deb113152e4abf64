import type { GroupRow } from './queries/groups.ts';
import type { MemberRow } from './queries/members.ts';
import type { RoleRow } from './queries/roles.ts';

export function presentRole(row: RoleRow) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    permissions: row.permissions,
    ...counted(row),
  };
}

export function presentGroup(row: GroupRow) {
  const { id, name, description, roles, manager: managedBy } = row;
  return { id, name, description, roles, managedBy, ...counted(row) };
}

export function presentMember(row: MemberRow) {
  return {
    user: { id: row.user_id, name: row.name, email: row.email },
    createdAt: row.created_at.toISOString(),
  };
}

function counted(row: { member_count: number; created_at: Date; updated_at: Date }) {
  return {
    memberCount: row.member_count,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
