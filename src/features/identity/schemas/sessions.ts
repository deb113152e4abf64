import { Type } from 'typebox';
import { id, listQuery, named, nullable, object, pageOf, time } from '#platform/http/schema.ts';

export const sessionListQuery = listQuery(['-createdAt', 'createdAt', '-lastUsedAt', 'lastUsedAt'], {});
export const sessionPage = pageOf(
  'SessionPage',
  named(
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
  ),
);
