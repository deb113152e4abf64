import type { Deps } from '#platform/deps.ts';
import { operation } from '#platform/http/operation.ts';
import { noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { requestPasswordReset } from '../commands/request-email-token.ts';
import { rememberDevice } from '../remember-device.ts';
import { resetPassword } from '../commands/reset-password.ts';
import { acceptedSchema, emailTokenParams, passwordResetBody, passwordResetRequest } from '../schemas.ts';

const tags = ['Sign-in'];
const config = { access: 'public', signsIn: true, ignoresCaller: true, limit: 'tokens' } as const;
const mailing = { ...config, isMailing: true } as const;

/** How somebody comes to a new password by mail, which proves their address. */
export function emailProofRoutes(app: App, deps: Deps): void {
  const asking = operation('requestPasswordReset', 'Have a link to a new password sent', {
    tags,
    description: 'The same answer for every address. A mail is sent where it belongs to an account.',
    body: passwordResetRequest,
    response: { 202: acceptedSchema },
    errors: [400, 429],
  });
  app.post('/auth/password-resets', { schema: asking, config: mailing }, async (request, reply) => {
    await requestPasswordReset(traced(deps, request), request.body.email);
    return reply.status(202).header('cache-control', 'no-store').send({ result: 'accepted' });
  });

  const resetting = operation('resetPassword', 'Choose a new password with a token from a mail', {
    tags,
    description:
      'Ends all sessions of the person and confirms their address. A token works once, for an hour, until a newer one is sent or the password or the address has changed.',
    params: emailTokenParams,
    body: passwordResetBody,
    sends: ['cookies', 'device'],
    response: { 204: noContent },
    errors: [400, 403, 429],
  });
  const closable = { ...config, isClosedInDemo: true } as const;
  app.put('/auth/password-resets/:token', { schema: resetting, config: closable }, async (request, reply) => {
    const person = await resetPassword(traced(deps, request), request.params.token, request.body.password);
    rememberDevice(request, reply, deps, person);
    return reply.status(204).send();
  });
}
