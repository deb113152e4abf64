import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import {
  confirmEmailChange,
  requestEmailChange,
  undoEmailChange,
  type TakeBack,
} from '../commands/change-email.ts';
import { acceptedSchema, emailChangeRequest, emailTokenParams } from '../schemas.ts';

const byMail = {
  access: 'public',
  signsIn: true,
  ignoresCaller: true,
  limit: 'tokens',
  isClosedInDemo: true,
} as const;

/** How somebody comes to another address. */
export function emailChangeRoutes(app: App, deps: Deps, takeBack: readonly TakeBack[]): void {
  const asking = operation('requestEmailChange', 'Ask to have another address', {
    tags: ['Me'],
    description:
      'The same answer for every address. A link that counts for a day is mailed there, and a notice to the old address, from which the change can be stopped, or taken back for 7 days. Needs a sign-in of late.',
    body: emailChangeRequest,
    response: { 202: acceptedSchema },
    errors: [400, 401, 403, 429],
  });
  const own = { access: 'signedIn', needsStepUp: true, isClosedInDemo: true, isMailing: true } as const;
  app.post('/me/email-changes', { schema: asking, config: own }, async (request, reply) => {
    await requestEmailChange(traced(deps, request), personOf(request), request.body.email);
    return reply.status(202).header('cache-control', 'no-store').send({ result: 'accepted' });
  });

  const confirming = operation('confirmEmailChange', 'Confirm another address with a token from a mail', {
    tags: ['Sign-in'],
    description:
      'A token works once, for a day, until another change is asked for. 409 `email_taken` where another account has the address by now.',
    params: emailTokenParams,
    response: { 204: noContent },
    errors: [400, 403, 404, 409, 429],
  });
  app.put('/auth/email-changes/:token', { schema: confirming, config: byMail }, async (request, reply) => {
    await confirmEmailChange(traced(deps, request), request.params.token);
    return reply.status(204).send();
  });

  const undoing = operation(
    'undoEmailChange',
    'Stop a change of address, or take it back, from the old one',
    {
      tags: ['Sign-in'],
      description:
        'With the token of a notice, once, for 7 days. The old address counts again; all sessions end; the password, passkeys and an authenticator app made since, and all API keys count no more; providers linked since are linked no more; an erasure that was asked for since is withdrawn; the way to a new password is mailed to the old address.',
      params: emailTokenParams,
      response: { 204: noContent },
      errors: [400, 403, 404, 409, 429],
    },
  );
  app.delete('/auth/email-changes/:token', { schema: undoing, config: byMail }, async (request, reply) => {
    await undoEmailChange(traced(deps, request), request.params.token, takeBack);
    return reply.status(204).send();
  });
}
