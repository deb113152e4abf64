import { personOf } from '#platform/http/access.ts';
import { deviceTokensOf, keepDevice } from '#platform/http/device.ts';
import { noContent } from '#platform/http/schema.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import type { Deps } from '#platform/deps.ts';
import { login } from '../commands/login.ts';
import { logout } from '../commands/logout.ts';
import { refresh } from '../commands/refresh.ts';
import { register } from '../commands/register.ts';
import { presentSignedIn, presentTokens, userAgentOf } from '../present-sign-in.ts';
import {
  loginBody,
  loginResultSchema,
  loggedOutSchema,
  logoutBody,
  refreshBody,
  registerBody,
  signedInSchema,
  tokensSchema,
  verificationRequiredSchema,
} from '../schemas.ts';

const tags = ['Sign-in'];

/** Where to log out at the provider by which a session came, if it did. */
export type EndSessionUrlOf = (sessionId: string) => Promise<string | undefined>;

export function authRoutes(app: App, deps: Deps, endSessionUrlOf: EndSessionUrlOf): void {
  beginningRoutes(app, deps);
  sessionRoutes(app, deps, endSessionUrlOf);
}

function beginningRoutes(app: App, deps: Deps): void {
  const registering = operation('register', 'Make a student account and sign in', {
    tags,
    body: registerBody,
    description:
      'Where the address must be confirmed before the first login, 202 for every address, known or not: what there is to do comes by mail.',
    response: { 201: signedInSchema, 202: verificationRequiredSchema },
    errors: [400, 409, 429],
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
      reply.signedInUserId = result.user.id;
      return reply.status(201).send(presentSignedIn(result, deps));
    },
  );

  const signingIn = operation('login', 'Sign in with address and password', {
    tags,
    description:
      'Who has a second factor gets `mfaRequired`, and completes the login by `POST /auth/login/challenges`. After five wrong tries from devices that the person has not signed in on the next ones wait, longer each time: 429 `too_many_attempts`. Send the `X-Device-Token` of an earlier answer, or its cookie, to be counted apart from them.',
    body: loginBody,
    response: { 200: loginResultSchema },
    errors: [400, 401, 403, 429],
  });
  app.post(
    '/auth/login',
    {
      schema: signingIn,
      config: { access: 'public', signsIn: true, ignoresCaller: true, limit: 'login', knowsDevices: true },
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
      reply.signedInUserId = result.user.id;
      return reply.send(presentSignedIn(result, deps));
    },
  );
}

function sessionRoutes(app: App, deps: Deps, endSessionUrlOf: EndSessionUrlOf): void {
  const refreshing = operation('refresh', 'Exchange a refresh token for a new pair', {
    tags,
    description: 'A refresh token works once. One that comes again ends its session.',
    body: refreshBody,
    response: { 200: tokensSchema },
    errors: [400, 401, 403, 429],
  });
  app.post(
    '/auth/refresh',
    {
      schema: refreshing,
      config: { access: 'public', signsIn: true, ignoresCaller: true, limit: 'refresh' },
    },
    async (request, reply) => {
      const tokens = await refresh(traced(deps, request), request.body.refreshToken, request.id);
      return reply.header('cache-control', 'no-store').send(presentTokens(tokens));
    },
  );

  const leaving = operation('logout', 'End the session', {
    tags,
    description:
      'By the access token, or by the refresh token where that has expired. Access tokens stop at once on every node. Where the session came by a provider that one can log out of, 200 with the address to lead the browser to.',
    body: logoutBody,
    isBodyOptional: true,
    response: { 200: loggedOutSchema, 204: noContent },
    errors: [400, 401, 429],
  });
  app.post(
    '/auth/logout',
    {
      schema: leaving,
      config: { access: 'public', signsIn: true, isForEnrollment: true, limit: 'refresh' },
    },
    async (request, reply) => {
      const person = request.actor && personOf(request);
      const [sessionId] = await logout(traced(deps, request), person, request.body?.refreshToken);
      const endSessionUrl = sessionId === undefined ? undefined : await endSessionUrlOf(sessionId);
      if (endSessionUrl === undefined) return reply.status(204).send();
      return reply.header('cache-control', 'no-store').send({ endSessionUrl });
    },
  );
}
