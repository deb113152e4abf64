import { Type } from 'typebox';
import { id, integer, named, object, oneOf, text } from '#platform/http/schema.ts';

export const impersonationBody = named(
  'ImpersonationInput',
  object({
    reason: text(1, 500, {
      description: 'Why it must be. The person reads it, and it stands in the audit trail.',
    }),
  }),
);

export const impersonationSchema = named(
  'Impersonation',
  object({
    id,
    userId: id,
    accessToken: Type.String(),
    tokenType: oneOf(['Bearer']),
    expiresIn: integer(1, 900, { description: 'Seconds until it is over. It is not renewed.' }),
  }),
);

export const impersonationParams = object({ id, impersonationId: id });
