import type { Deps } from '#platform/deps.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { completeLogin } from '../commands/complete-login.ts';
import { signInOptions } from '../commands/passkey-options.ts';
import { answerSignIn, userAgentOf } from '../present-sign-in.ts';
import { signInSchema } from '../schemas.ts';
import { requestOptionsSchema, signInOptionsBody } from '../schemas/passkeys.ts';
import { loginAnswerBody } from '../schemas/sign-in-answers.ts';

const tags = ['Sign-in'];
const config = { access: 'public', signsIn: true, ignoresCaller: true } as const;

/** The second half of a login, and the whole of one by a passkey. */
export function loginChallengeRoutes(app: App, deps: Deps): void {
  const completing = operation(
    'completeLogin',
    'Complete a login by a second factor, or sign in by a passkey',
    {
      tags,
      description:
        'With the `challengeToken` of `POST /auth/login`, a code, a recovery code or a passkey. Without it, a passkey that is kept by its authenticator and verified its user, to the options of `POST /auth/login/passkey-options`. A login takes five tries.',
      body: loginAnswerBody,
      sends: ['cookies'],
      response: { 200: signInSchema },
      errors: [400, 401, 403, 429],
    },
  );
  const signing = { ...config, limit: 'tokens' } as const;
  app.post('/auth/login/challenges', { schema: completing, config: signing }, async (request, reply) => {
    const { session, ...answer } = request.body;
    const result = await completeLogin(traced(deps, request), answer, {
      userAgent: userAgentOf(request),
      hasFailuresLeft: request.hasFailuresLeft ?? (async () => true),
    });
    reply.header('cache-control', 'no-store');
    return reply.send(await answerSignIn(deps, { request, reply, session }, result));
  });

  const asking = operation('getSignInPasskeyOptions', 'Get what a browser needs to sign in by a passkey', {
    tags,
    description:
      'For `navigator.credentials.get`. With a `challengeToken`, as the second factor of that login; without, to sign in by the passkey alone. An answer is good once, for five minutes.',
    body: signInOptionsBody,
    isBodyOptional: true,
    response: { 200: requestOptionsSchema },
    errors: [400, 401, 429],
  });
  app.post('/auth/login/passkey-options', { schema: asking, config }, async (request, reply) => {
    const options = await signInOptions(deps, request.body?.challengeToken);
    return reply.header('cache-control', 'no-store').send(options);
  });
}
