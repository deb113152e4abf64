import { Type } from 'typebox';
import type { Deps } from '#platform/deps.ts';
import { operation } from '#platform/http/operation.ts';
import { named, object } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { exchangeLoginCode } from '../commands/login-codes.ts';
import { answerSignIn, userAgentOf } from '../present-sign-in.ts';
import { loginResultSchema } from '../schemas.ts';
import { sessionKind } from '../schemas/sessions.ts';

const exchangeBody = named(
  'LoginExchange',
  object({
    code: Type.String({
      maxLength: 100,
      description: 'Of the fragment that a sign-in by a provider led back with.',
    }),
    codeVerifier: Type.String({
      maxLength: 128,
      description: 'Of which `codeChallenge` was made when the sign-in began.',
    }),
    session: sessionKind,
  }),
);

/** The end of a sign-in by somebody outside. */
export function loginExchangeRoutes(app: App, deps: Deps): void {
  const exchanging = operation(
    'exchangeLoginCode',
    'Exchange the code of a sign-in by a provider for tokens',
    {
      tags: ['Sign-in'],
      description:
        'Once, within a minute, by the front end that began it: it alone has the verifier. `mfaRequired` where the person has a second factor here and the provider vouches for none.',
      body: exchangeBody,
      sends: ['cookies'],
      response: { 200: loginResultSchema },
      errors: [400, 401, 403, 429],
    },
  );
  const config = { access: 'public', signsIn: true, ignoresCaller: true, limit: 'tokens' } as const;
  app.post('/auth/login/exchanges', { schema: exchanging, config }, async (request, reply) => {
    const result = await exchangeLoginCode(traced(deps, request), request.body, userAgentOf(request));
    reply.header('cache-control', 'no-store');
    if ('challengeToken' in result) return reply.send(result);
    const { session } = request.body;
    return reply.send(await answerSignIn(deps, { request, reply, session }, result));
  });
}
