export const roles = ['admin', 'instructor', 'student'] as const;
export type Role = (typeof roles)[number];

/** Who makes a request: the person, as the database knows them now, and the session they came by. */
export type Actor = { userId: string; sessionId: string; role: Role };

/** What a role may do anywhere. Rights within a course come from its staff, not from here. */
export const permissionsOfRole = {
  admin: [
    'courses.create',
    'courses.manageAny',
    'users.manage',
    'certificates.manage',
    'webhooks.manage',
    'events.view',
    'operation.view',
    'operation.manage',
    'audit.read',
  ],
  instructor: ['courses.create'],
  student: [],
} as const satisfies Record<Role, readonly string[]>;

export type Permission = (typeof permissionsOfRole)[Role][number];

export function hasPermission(role: Role, permission: Permission): boolean {
  return (permissionsOfRole[role] as readonly Permission[]).includes(permission);
}
