import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { sessionCookies, setAccessCookie } from '#platform/http/browser-session.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { stepUpOptions } from '../commands/passkey-options.ts';
import { stepUp } from '../commands/step-up.ts';
import { stepUpSchema } from '../schemas/factors.ts';
import { requestOptionsSchema } from '../schemas/passkeys.ts';
import { stepUpBody } from '../schemas/sign-in-answers.ts';

const tags = ['Sign-in'];
const config = { access: 'signedIn', isForEnrollment: true } as const;

/** For operations that want to know anew who it is. */
export function stepUpRoutes(app: App, deps: Deps): void {
  const showing = operation('stepUp', 'Show again that it is you, for what wants a sign-in of late', {
    tags,
    description:
      'Operations that are sensitive answer 403 `step_up_required` where the session was not signed in to within the last quarter of an hour; the error names the methods. Who has a second factor shows that, others their password. The access token ends and the answer has another, which of a browser that came by cookies is a cookie. After five wrong answers the session takes no more.',
    body: stepUpBody,
    sends: ['cookies'],
    response: { 200: stepUpSchema },
    errors: [400, 401, 403, 429],
  });
  app.post('/auth/step-up', { schema: showing, config }, async (request, reply) => {
    const done = await stepUp(traced(deps, request), personOf(request), request.body);
    const { token: accessToken, expiresInSeconds: expiresIn } = done.accessToken;
    const shown = { freshUntil: done.freshUntil.toISOString(), methods: done.methods, expiresIn };
    reply.header('cache-control', 'no-store');
    if (sessionCookies(request).access === undefined) return reply.send({ ...shown, accessToken });
    setAccessCookie(reply, accessToken, deps.config);
    return reply.send(shown);
  });

  const asking = operation('getStepUpPasskeyOptions', 'Get what a browser needs to show it by a passkey', {
    tags,
    description:
      'For `navigator.credentials.get`. An answer is good once, in this session, for five minutes.',
    response: { 200: requestOptionsSchema },
    errors: [401],
  });
  app.post('/auth/step-up/passkey-options', { schema: asking, config }, async (request, reply) => {
    const options = await stepUpOptions(deps, personOf(request));
    return reply.header('cache-control', 'no-store').send(options);
  });
}
