import { deviceTokensOf, keepDevice } from '#platform/http/device.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import type { Deps } from '#platform/deps.ts';
import { login } from '../commands/login.ts';
import { register } from '../commands/register.ts';
import { answerSignIn, userAgentOf } from '../present-sign-in.ts';
import {
  loginBody,
  loginResultSchema,
  registerBody,
  signInSchema,
  verificationRequiredSchema,
} from '../schemas.ts';

const tags = ['Sign-in'];

export function authRoutes(app: App, deps: Deps): void {
  const registering = operation('register', 'Make a student account and sign in', {
    tags,
    body: registerBody,
    description:
      'Where the address must be confirmed before the first login, 202 for every address, known or not: what there is to do comes by mail.',
    sends: ['cookies'],
    response: { 201: signInSchema, 202: verificationRequiredSchema },
    errors: [400, 403, 409, 429],
  });
  app.post(
    '/auth/register',
    {
      schema: registering,
      config: { access: 'public', signsIn: true, ignoresCaller: true, limit: 'register' },
    },
    async (request, reply) => {
      const result = await register(traced(deps, request), request.body, userAgentOf(request));
      reply.header('cache-control', 'no-store');
      if (result === 'verificationRequired') return reply.status(202).send({ result });
      const { session } = request.body;
      return reply.status(201).send(await answerSignIn(deps, { request, reply, session }, result));
    },
  );

  const signingIn = operation('login', 'Sign in with address and password', {
    tags,
    description:
      'Who has a second factor gets `mfaRequired`, and completes the login by `POST /auth/login/challenges`. 401 `invalid_credentials` also where the address, with which somebody registered, still waits to be confirmed; 403 `email_not_verified` where an address that an admin gave does. Who is suspended gets 403 `account_suspended`, where the password is right; `errors[0].params` has `endsAt` and, where it is told, the `reason`. After five wrong tries from devices that the person has not signed in on the next ones wait, longer each time: 429 `too_many_attempts`. Send the `X-Device-Token` of an earlier answer, or its cookie, to be counted apart from them.',
    body: loginBody,
    sends: ['cookies', 'device'],
    response: { 200: loginResultSchema },
    errors: [400, 401, 403, 429],
  });
  app.post(
    '/auth/login',
    {
      schema: signingIn,
      config: { access: 'public', signsIn: true, ignoresCaller: true, limit: 'login' },
    },
    async (request, reply) => {
      const { result, deviceTokens } = await login(traced(deps, request), request.body, {
        userAgent: userAgentOf(request),
        deviceTokens: deviceTokensOf(request, deps.config),
        addressRefusal: request.addressRefusal ?? null,
      });
      reply.header('cache-control', 'no-store');
      keepDevice(reply, deps.config, deviceTokens);
      if ('challengeToken' in result) return reply.send(result);
      const { session } = request.body;
      return reply.send(await answerSignIn(deps, { request, reply, session }, result));
    },
  );
}
