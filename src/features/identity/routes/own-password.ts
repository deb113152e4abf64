import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { changePassword } from '../commands/change-password.ts';
import { removePassword } from '../commands/remove-password.ts';
import type { HasLink } from '../commands/require-way-left.ts';
import { rememberDevice } from '../remember-device.ts';
import { passwordChangeBody } from '../schemas.ts';

export function ownPasswordRoutes(app: App, deps: Deps, hasLink: HasLink): void {
  const changing = operation('changeMyPassword', 'Change your own password', {
    tags: ['Me'],
    description:
      'Who has a password sends it as `currentPassword`; who has none, since they come by a provider or a passkey, needs a sign-in of late. All other sessions end, links to a new password that were mailed are void, and a mail tells of it. Five wrong ones in a session: 429 `too_many_attempts`.',
    body: passwordChangeBody,
    sends: ['cookies', 'device'],
    response: { 204: noContent },
    errors: [400, 401, 403, 409, 429],
  });
  const config = { access: 'signedIn', isClosedInDemo: true, needsStepUp: 'byThing' } as const;
  app.put('/me/password', { schema: changing, config }, async (request, reply) => {
    const person = await changePassword(traced(deps, request), personOf(request), request.body);
    rememberDevice(request, reply, deps, person);
    return reply.status(204).send();
  });

  const removing = operation('removeMyPassword', 'Give your password up', {
    tags: ['Me'],
    description:
      'For who signs in by a passkey or a provider: 409 `last_sign_in_way` where neither is left. Needs a sign-in of late. All other sessions end, links to a new password that were mailed are void, and a mail tells of it. A new one is set by `PUT`, or by a reset.',
    response: { 204: noContent },
    errors: [401, 403, 404, 409],
  });
  const giving = { access: 'signedIn', isClosedInDemo: true, needsStepUp: true } as const;
  app.delete('/me/password', { schema: removing, config: giving }, async (request, reply) => {
    await removePassword(traced(deps, request), personOf(request), hasLink);
    return reply.status(204).send();
  });
}
