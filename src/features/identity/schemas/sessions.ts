import { Type } from 'typebox';
import {
  id,
  integer,
  listQuery,
  named,
  nullable,
  object,
  oneOf,
  pageOf,
  time,
} from '#platform/http/schema.ts';

/** Of every operation that signs in. */
export const sessionKind = Type.Optional(
  oneOf(['token', 'cookie'], {
    default: 'token',
    description:
      '`cookie`, for pages: the tokens are set as cookies that no script can read, and the answer holds none. See docs/browser-sessions.md.',
  }),
);
export const expiresIn = integer(1, 86_400, { description: 'Seconds until the access token expires.' });
/** Where cookies hold the new pair. */
export const renewedSchema = named('RenewedSession', object({ expiresIn }));
export const csrfTokenSchema = named(
  'CsrfToken',
  object({
    csrfToken: Type.String({ description: 'For `X-CSRF-Token`, as long as the session lasts.' }),
  }),
);

export const sessionListQuery = listQuery(['-createdAt', 'createdAt', '-lastUsedAt', 'lastUsedAt'], {});
export const sessionSchema = named(
  'Session',
  object({
    id,
    isCurrent: Type.Boolean({ description: 'The one by which this was asked.' }),
    methods: Type.Array(Type.String(), { description: 'How it was signed in to.' }),
    userAgent: nullable(Type.String({ description: 'What the browser or program called itself.' })),
    createdAt: time,
    lastUsedAt: time,
    expiresAt: time,
    endedAt: nullable(time),
    impersonation: nullable(
      object(
        { impersonatorName: nullable(Type.String()), reason: Type.String() },
        { description: 'An admin acts, or acted, as you. Shown for a week after it ended.' },
      ),
    ),
  }),
);
export const sessionPage = pageOf('SessionPage', sessionSchema);
