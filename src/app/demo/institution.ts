import { createUser } from '#features/identity/commands/create-user.ts';
import { suspendUser } from '#features/identity/commands/suspension.ts';
import { setCourseStaff } from '#features/courses/commands/set-course-staff.ts';
import { createGroup } from '#features/roles/commands/change-group.ts';
import { addToGroup, giveRole, giveRoleToGroup } from '#features/roles/commands/change-members.ts';
import { createRole } from '#features/roles/commands/change-role.ts';
import type { DemoCourse, DemoCustomRole, DemoGroup, DemoInstitution } from './content/types.ts';
import { hours, type Step } from './timeline.ts';
import { made, type World } from './world.ts';

/** The admin makes roles and groups, invites and suspends; owners appoint staff. */
export function governing(
  world: World,
  institution: DemoInstitution,
  courses: ReadonlyMap<string, DemoCourse>,
): Step[] {
  const { calendar, deps } = world;
  const { organisedDaysAgo, customRoles, groups, courseStaff, invited, suspended } = institution;
  const admin = () => made(world.people, institution.admin);
  const roleIds = new Map<string, string>();
  return [
    ...customRoles.map((role) => ({
      at: calendar(organisedDaysAgo, hours.create, role.key),
      run: async () => void roleIds.set(role.key, await makeRole(world, institution, role)),
    })),
    ...groups.map((group) => ({
      // After the roles, which it may have.
      at: calendar(organisedDaysAgo, hours.publish, group.body.name),
      run: () => makeGroup(world, institution, group, roleIds),
    })),
    ...courseStaff.map(({ course, email, role }) => ({
      at: calendar(organisedDaysAgo, hours.create, email),
      async run() {
        const { id: courseId } = made(world.courses, course);
        const owner = made(world.people, made(courses, course).owner);
        await setCourseStaff(deps, owner, { courseId, userId: made(world.people, email).userId, role });
      },
    })),
    ...invited.map(({ joinedDaysAgo, ...person }) => ({
      at: calendar(joinedDaysAgo, hours.join, person.email),
      run: async () => void (await createUser(deps, admin(), { ...person, invite: true })),
    })),
    ...suspended.map(({ email, daysAgo, reason }) => ({
      at: calendar(daysAgo, hours.archive, email),
      async run() {
        const { userId } = made(world.people, email);
        await suspendUser(deps, admin(), userId, { reason, isReasonTold: true });
      },
    })),
  ];
}

async function makeRole(
  { deps, people }: World,
  institution: DemoInstitution,
  { body, members }: DemoCustomRole,
): Promise<string> {
  const admin = made(people, institution.admin);
  const { id } = await createRole(deps, admin, body);
  for (const email of members) await giveRole(deps, admin, { id, userId: made(people, email).userId });
  return id;
}

async function makeGroup(
  { deps, people }: World,
  institution: DemoInstitution,
  { body, members, roles }: DemoGroup,
  roleIds: ReadonlyMap<string, string>,
): Promise<void> {
  const admin = made(people, institution.admin);
  const { id } = await createGroup(deps, body);
  for (const key of roles) await giveRoleToGroup(deps, admin, { id, roleId: made(roleIds, key) });
  for (const email of members) await addToGroup(deps, admin, { id, userId: made(people, email).userId });
}
