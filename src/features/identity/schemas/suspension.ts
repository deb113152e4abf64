import { Type, type Static } from 'typebox';
import { id, named, nullable, object, text, time } from '#platform/http/schema.ts';

const reason = text(1, 500);
const endsAt = nullable(
  Type.Unsafe<string>({ ...time, maxLength: 40, description: 'Null: until somebody ends it.' }),
);

export const suspensionBody = named(
  'SuspensionInput',
  object({
    reason,
    endsAt: Type.Optional(endsAt),
    isReasonTold: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Whether the mail, and the answer to a sign-in, tells them the reason.',
      }),
    ),
  }),
);
export type SuspensionInput = Static<typeof suspensionBody>;

export const suspensionSchema = named(
  'Suspension',
  object({
    reason,
    isReasonTold: Type.Boolean(),
    suspendedAt: time,
    suspendedBy: id,
    endsAt,
    isKept: Type.Boolean({
      description:
        'A directory has deactivated them meanwhile: it is in force again where the directory takes them back before it ends.',
    }),
  }),
);
