import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { changePassword } from '../commands/change-password.ts';
import { rememberDevice } from '../remember-device.ts';
import { passwordChangeBody } from '../schemas.ts';

export function ownPasswordRoutes(app: App, deps: Deps): void {
  const changing = operation('changeMyPassword', 'Change your own password', {
    tags: ['Me'],
    description:
      'Who has a password sends it as `currentPassword`; who has none, since they come by a provider or a passkey, needs a sign-in of late. All other sessions end, links to a new password that were mailed are void, and a mail tells of it. Five wrong ones in a session: 429 `too_many_attempts`.',
    body: passwordChangeBody,
    sends: ['cookies', 'device'],
    response: { 204: noContent },
    errors: [400, 401, 403, 409, 429],
  });
  const config = { access: 'signedIn', isClosedInDemo: true } as const;
  app.put('/me/password', { schema: changing, config }, async (request, reply) => {
    const person = await changePassword(traced(deps, request), personOf(request), request.body);
    rememberDevice(request, reply, deps, person);
    return reply.status(204).send();
  });
}
