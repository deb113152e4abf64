import type { Deps } from '#platform/deps.ts';
import { invalid } from '#platform/errors.ts';
import { operation } from '#platform/http/operation.ts';
import { noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { requestVerification } from '../commands/request-email-token.ts';
import { undoRegistration, type EraseUndone } from '../commands/undo-registration.ts';
import { verifyEmail, verifyEmailByPassword } from '../commands/verify-email.ts';
import { rememberDevice } from '../remember-device.ts';
import { acceptedSchema, emailTokenParams, emailVerificationBody } from '../schemas.ts';

const tags = ['Sign-in'];
const config = {
  access: 'public',
  signsIn: true,
  ignoresCaller: true,
  limit: 'tokens',
  isMailing: true,
} as const;

/** What the owner of an address says of it: that it is theirs, or that it was not they who registered. */
export function emailVerificationRoutes(app: App, deps: Deps, erase: EraseUndone): void {
  const verifying = operation('verifyEmail', 'Confirm an address, or have the mail for it sent again', {
    tags,
    description:
      'With `token` the address is confirmed. With `password` beside it this is the one that counts, whoever registered with the address: with another than was chosen then, all sessions end and API keys and factors are void; 400 `password_not_expected` where an admin or a directory gave the account its address. With `email` the answer is 202 and the same for every address; a mail is sent where it belongs to an account that is not confirmed. A token works once, for three days, until a newer one is sent.',
    body: emailVerificationBody,
    sends: ['cookies', 'device'],
    response: { 202: acceptedSchema, 204: noContent },
    errors: [400, 429],
  });
  app.post('/auth/email-verifications', { schema: verifying, config }, async (request, reply) => {
    const { token, password, email } = request.body;
    reply.header('cache-control', 'no-store');
    if (email !== undefined && (token ?? password) !== undefined) throw either();
    if (token === undefined) {
      await requestVerification(traced(deps, request), email ?? needed());
      return reply.status(202).send({ result: 'accepted' });
    }
    if (password === undefined) await verifyEmail(traced(deps, request), token);
    else {
      const person = await verifyEmailByPassword(traced(deps, request), token, password);
      rememberDevice(request, reply, deps, person);
    }
    return reply.status(204).send();
  });

  const undoing = operation('undoRegistration', 'Say that it was not oneself who registered', {
    tags,
    description:
      'With the token by which the address would be confirmed. The account loses the address, is shut at once, and erased after the days of grace. 400 `email_token_invalid` once the address was confirmed; 409 where the account was given permissions.',
    params: emailTokenParams,
    response: { 204: noContent },
    errors: [400, 403, 404, 409, 429],
  });
  const closed = { ...config, isClosedInDemo: true } as const;
  app.delete(
    '/auth/email-verifications/:token',
    { schema: undoing, config: closed },
    async (request, reply) => {
      await undoRegistration(traced(deps, request), request.params.token, erase);
      return reply.status(204).send();
    },
  );
}

function either() {
  const message = 'It comes by itself: either a token, or the address to send one to.';
  return invalid('The body is not valid.', [{ path: '/email', code: 'unknown_field', message }]);
}

function needed(): never {
  const message = 'This field is required.';
  throw invalid('The body is not valid.', [{ path: '/token', code: 'required', message }]);
}
