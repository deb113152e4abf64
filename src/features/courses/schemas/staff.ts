import { Type } from 'typebox';
import { id, listQuery, named, nullable, object, oneOf, pageOf, time } from '#platform/http/schema.ts';
import { staffRoles } from '../policy.ts';

export const staffParams = object({ id, userId: id });
export const staffBody = named('StaffRole', object({ role: oneOf(staffRoles) }));
export const staffSchema = named(
  'StaffMember',
  object({
    user: object({
      id,
      name: Type.String(),
      email: nullable(Type.String({ description: 'For who manages people, and for oneself; else null.' })),
    }),
    role: oneOf(staffRoles),
    createdAt: time,
  }),
);
export const staffListQuery = listQuery(['createdAt', '-createdAt'], {});
export const staffPage = pageOf('StaffPage', staffSchema);
