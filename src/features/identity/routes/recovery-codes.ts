import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { makeRecoveryCodes } from '../commands/make-recovery-codes.ts';
import { countRecoveryCodes } from '../queries/recovery-codes.ts';
import { newRecoveryCodesSchema, recoveryCodesSchema } from '../schemas/factors.ts';

const tags = ['Second factors'];
const reading = { access: 'signedIn', isForEnrollment: true, whileActing: 'closed' } as const;
const changing = { ...reading, isClosedInDemo: true, needsStepUp: true } as const;

/** What stands in for a second factor that was lost. */
export function recoveryCodeRoutes(app: App, deps: Deps): void {
  const looking = operation('getRecoveryCodes', 'How many recovery codes you have left', {
    tags,
    response: { 200: recoveryCodesSchema },
    errors: [401],
  });
  app.get('/me/recovery-codes', { schema: looking, config: reading }, async (request) => {
    const { left, createdAt } = await countRecoveryCodes(deps.db, personOf(request).userId);
    return { left, createdAt: createdAt?.toISOString() ?? null };
  });

  const making = operation('makeRecoveryCodes', 'Get ten new recovery codes', {
    tags,
    description:
      'Shown this once; the older ones are void. Each is good once, in place of a second factor. Needs a sign-in of late.',
    response: { 201: newRecoveryCodesSchema },
    errors: [401, 403, 409],
  });
  app.post('/me/recovery-codes', { schema: making, config: changing }, async (request, reply) => {
    const codes = await makeRecoveryCodes(traced(deps, request), personOf(request));
    return reply.status(201).header('cache-control', 'no-store').send({ codes });
  });
}
