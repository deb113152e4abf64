import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { beginTotp, confirmTotp, removeTotp } from '../commands/totp.ts';
import { findTotp } from '../queries/totp.ts';
import { newTotpSchema, totpConfirmation, totpSchema } from '../schemas/factors.ts';

const tags = ['Second factors'];
const reading = { access: 'signedIn', isForEnrollment: true, whileActing: 'closed' } as const;
const confirming = { ...reading, isClosedInDemo: true } as const;
const changing = { ...confirming, needsStepUp: true } as const;

/** The authenticator app of the person signed in. */
export function totpRoutes(app: App, deps: Deps): void {
  const looking = operation('getTotp', 'Whether you have an authenticator app', {
    tags,
    response: { 200: totpSchema },
    errors: [401],
  });
  app.get('/me/totp', { schema: looking, config: reading }, async (request) => {
    const found = await findTotp(deps.db, personOf(request).userId);
    return presentTotp(found?.confirmed_at ?? null);
  });

  const beginning = operation('beginTotp', 'Get a secret for an authenticator app', {
    tags,
    description:
      'It counts once a code of it was sent to `POST /me/totp/confirmation`, within a quarter of an hour; one that is in use stays so until then. Needs a sign-in of late.',
    response: { 201: newTotpSchema },
    errors: [401, 403],
  });
  app.post('/me/totp', { schema: beginning, config: changing }, async (request, reply) => {
    const begun = await beginTotp(traced(deps, request), personOf(request));
    return reply.status(201).header('cache-control', 'no-store').send(begun);
  });

  const showing = operation('confirmTotp', 'Show a code of the new authenticator app, which then counts', {
    tags,
    description: 'With the first second factor, all other sessions end.',
    body: totpConfirmation,
    response: { 200: totpSchema },
    errors: [400, 401, 403, 409],
  });
  app.post('/me/totp/confirmation', { schema: showing, config: confirming }, async (request) => {
    const actor = personOf(request);
    const { confirmedAt } = await confirmTotp(traced(deps, request), actor, request.body.code);
    return presentTotp(confirmedAt);
  });

  const removing = operation('removeTotp', 'Give the authenticator app up', {
    tags,
    description: 'Needs a sign-in of late. With the last second factor go the recovery codes.',
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete('/me/totp', { schema: removing, config: changing }, async (request, reply) => {
    await removeTotp(traced(deps, request), personOf(request));
    return reply.status(204).send();
  });
}

function presentTotp(confirmedAt: Date | null) {
  return { isActive: confirmedAt !== null, confirmedAt: confirmedAt?.toISOString() ?? null };
}
