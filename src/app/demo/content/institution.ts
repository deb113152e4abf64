import type { DemoInstitution } from './types.ts';

/** Roles, groups and people that admins deal with. Everybody's password is that of the academy, but who is invited has none. */
export const demoInstitution: DemoInstitution = {
  admin: 'admin@example.com',
  organisedDaysAgo: 25,
  customRoles: [
    {
      key: 'registrar',
      body: {
        name: 'Registrar',
        description: 'Keeps accounts and groups, and is a student by role.',
        permissions: ['users.manage', 'groups.manage'],
      },
      members: ['siobhan.obrien@example.com'],
    },
    {
      key: 'inspector',
      body: {
        name: 'Inspector',
        description: 'Looks into every course and the audit trail, and changes nothing.',
        permissions: ['courses.observeAny', 'audit.read'],
      },
      members: [],
    },
  ],
  groups: [
    {
      body: { name: 'Evening class', description: 'Meets on Thursdays, on the roof.' },
      members: [
        'student@example.com',
        'priya.raman@example.com',
        'dmitri.volkov@example.com',
        'kim.minseo@example.com',
      ],
      roles: [],
    },
    {
      body: { name: 'Quality office', description: 'Its members are inspectors, by the group’s role.' },
      members: ['eleni.papadopoulou@example.com', 'chidi.eze@example.com'],
      roles: ['inspector'],
    },
  ],
  courseStaff: [
    { course: 'night-sky', email: 'amelie.dubois@example.com', role: 'assistant' },
    { course: 'night-sky', email: 'santiago.munoz@example.com', role: 'observer' },
  ],
  invited: [
    {
      email: 'tove.lund@example.com',
      name: 'Tove Lund',
      role: 'student',
      locale: 'en',
      timeZone: 'Europe/Copenhagen',
      joinedDaysAgo: 2,
    },
  ],
  suspended: [
    {
      email: 'jackson.whitefeather@example.com',
      daysAgo: 1,
      reason: 'Until the fee of the second term is paid.',
    },
  ],
};
