import { Type } from 'typebox';
import { roles } from '#platform/auth/actor.ts';
import { id, named, nullable, object, oneOf } from '#platform/http/schema.ts';
import { staffRoles } from '../policy.ts';

export const rightsQuery = object({ course: Type.Optional(id) });

const namedThing = object({ id, name: Type.String() });
export const rightsSchema = named(
  'Rights',
  object({
    userId: id,
    role: oneOf(roles),
    permissions: Type.Array(
      object({
        permission: Type.String(),
        isOfRole: Type.Boolean({ description: 'The role admin or instructor gives it.' }),
        customRoles: Type.Array(
          object({
            id,
            name: Type.String(),
            group: nullable(namedThing),
          }),
          { description: 'Those that give it. `group`: by which they have the role; null: by themselves.' },
        ),
      }),
    ),
    course: nullable(
      object({
        courseId: id,
        permissions: Type.Array(Type.String()),
        grounds: Type.Array(
          object({
            by: oneOf(['permission', 'staff', 'enrollment', 'publication']),
            permission: nullable(Type.String()),
            staffRole: nullable(oneOf(staffRoles)),
            permissions: Type.Array(Type.String()),
          }),
          { description: 'Why they may do what they may there, and what each ground gives.' },
        ),
      }),
    ),
  }),
);
