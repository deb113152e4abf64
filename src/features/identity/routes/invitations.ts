import type { Deps } from '#platform/deps.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { inviteUser } from '../commands/invite-user.ts';
import { acceptInvitation } from '../commands/reset-password.ts';
import { presentUser } from '../present.ts';
import { rememberDevice } from '../remember-device.ts';
import { emailTokenParams, passwordResetBody, userSchema } from '../schemas.ts';

/** How somebody for whom an account was made comes to their first password. */
export function invitationRoutes(app: App, deps: Deps): void {
  const inviting = operation('inviteUser', 'Invite a person by mail, or once more', {
    tags: ['Users'],
    description:
      'The mail has a link to choose a first password: good for 7 days, once, until a newer one is sent. 409 `has_password`, `has_no_address`, `account_deactivated`, `account_suspended`.',
    params: idParams,
    response: { 202: userSchema },
    errors: [401, 403, 404, 409],
  });
  const config = { access: 'users.manage', isClosedInDemo: true } as const;
  app.post('/users/:id/invitation', { schema: inviting, config }, async (request, reply) => {
    const user = await inviteUser(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(202).send(presentUser(user, deps.config));
  });

  const accepting = operation('acceptInvitation', 'Choose a first password with a token from a mail', {
    tags: ['Sign-in'],
    description:
      'Confirms the address, too. A token works once, for 7 days, until a newer one is sent, or the person has a password or another address.',
    params: emailTokenParams,
    body: passwordResetBody,
    sends: ['cookies', 'device'],
    response: { 204: noContent },
    errors: [400, 403, 429],
  });
  const open = {
    access: 'public',
    signsIn: true,
    ignoresCaller: true,
    limit: 'tokens',
    isClosedInDemo: true,
  } as const;
  app.put('/auth/invitations/:token', { schema: accepting, config: open }, async (request, reply) => {
    const { token } = request.params;
    const person = await acceptInvitation(traced(deps, request), token, request.body.password);
    rememberDevice(request, reply, deps, person);
    return reply.status(204).send();
  });
}
