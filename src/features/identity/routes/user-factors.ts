import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { putSignInPolicy } from '../commands/put-sign-in-policy.ts';
import { removeAllFactors } from '../commands/remove-all-factors.ts';
import { findFactors } from '../queries/factors.ts';
import { findSignInPolicy } from '../queries/sign-in-policy.ts';
import { factorsSchema, signInPolicyBody, signInPolicySchema } from '../schemas/factors.ts';

const config = { access: 'users.manage' } as const;
const changing = { ...config, isClosedInDemo: true, needsStepUp: true } as const;

/** What admins see and say of second factors. */
export function userFactorRoutes(app: App, deps: Deps): void {
  factorRoutes(app, deps);
  policyRoutes(app, deps);
}

function factorRoutes(app: App, deps: Deps): void {
  const reading = operation('getUserFactors', 'Which second factors a person has', {
    tags: ['Second factors'],
    params: idParams,
    response: { 200: factorsSchema },
    errors: [401, 403, 404],
  });
  app.get('/users/:id/factors', { schema: reading, config }, async (request) => {
    const found = await findFactors(deps.db, request.params.id);
    if (!found) throw notFound('User');
    const { hasTotp, passkeys, recoveryCodesLeft } = found;
    return { totp: hasTotp, passkeys, recoveryCodesLeft };
  });

  const removing = operation('removeUserFactors', 'Take all second factors off a person who has lost them', {
    tags: ['Second factors'],
    description:
      'Make sure first that it is they who ask. Ends their sessions; they are told by mail. Needs a sign-in of late, and all that the person may do.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete('/users/:id/factors', { schema: removing, config: changing }, async (request, reply) => {
    await removeAllFactors(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(204).send();
  });
}

function policyRoutes(app: App, deps: Deps): void {
  const tags = ['Institution'];
  const reading = operation('getSignInPolicy', 'Of whom the institution wants a second factor', {
    tags,
    response: { 200: signInPolicySchema },
    errors: [401, 403],
  });
  app.get('/admin/sign-in-policy', { schema: reading, config }, async () => findSignInPolicy(deps.db));

  const setting = operation('putSignInPolicy', 'Say of whom the institution wants a second factor', {
    tags,
    description:
      'Holds at once: people of these roles, and of these custom roles whether they have them directly or by a group, who are without one can do nothing but set one up, and get 403 `mfa_enrollment_required` elsewhere. What is left out is wanted of nobody. Needs a sign-in of late.',
    body: signInPolicyBody,
    response: { 200: signInPolicySchema },
    errors: [400, 401, 403],
  });
  app.put('/admin/sign-in-policy', { schema: setting, config: changing }, async (request) => {
    const { mfaRequiredFor = [], mfaRequiredForCustomRoles = [] } = request.body;
    const policy = { mfaRequiredFor, mfaRequiredForCustomRoles };
    await putSignInPolicy(traced(deps, request), signedIn(request), policy);
    return policy;
  });
}
