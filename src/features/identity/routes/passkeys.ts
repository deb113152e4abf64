import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { registrationOptions } from '../commands/passkey-options.ts';
import { addPasskey, removePasskey, renameOwnPasskey } from '../commands/passkeys.ts';
import type { HasLink } from '../commands/require-way-left.ts';
import { presentPasskey } from '../present.ts';
import { listPasskeys } from '../queries/passkeys.ts';
import {
  creationOptionsSchema,
  maxPasskeys,
  newPasskeyBody,
  passkeyPage,
  passkeyPatch,
  passkeySchema,
} from '../schemas/passkeys.ts';

const tags = ['Second factors'];
const reading = { access: 'signedIn', isForEnrollment: true, whileActing: 'closed' } as const;
const renaming = { ...reading, isClosedInDemo: true } as const;
const changing = { ...renaming, needsStepUp: true } as const;

/** The passkeys of the person signed in. */
export function passkeyRoutes(app: App, deps: Deps, hasLink: HasLink): void {
  makingRoutes(app, deps);
  keepingRoutes(app, deps, hasLink);
}

function makingRoutes(app: App, deps: Deps): void {
  const asking = operation('getPasskeyOptions', 'Get what a browser needs to make a passkey', {
    tags,
    description:
      'For `navigator.credentials.create`. An answer is good once, in this session, for five minutes. Needs a sign-in of late.',
    response: { 200: creationOptionsSchema },
    errors: [401, 403],
  });
  app.post('/me/passkeys/options', { schema: asking, config: changing }, async (request, reply) => {
    const options = await registrationOptions(deps, personOf(request));
    return reply.header('cache-control', 'no-store').send(options);
  });

  const adding = operation('addPasskey', 'Register a passkey that was made', {
    tags,
    description: `At most ${maxPasskeys} a person. Needs a sign-in of late. With the first second factor, all other sessions end.`,
    body: newPasskeyBody,
    sends: ['location'],
    response: { 201: passkeySchema },
    errors: [400, 401, 403, 409],
  });
  app.post('/me/passkeys', { schema: adding, config: changing }, async (request, reply) => {
    const passkey = await addPasskey(traced(deps, request), personOf(request), request.body);
    return reply
      .status(201)
      .header('location', locationOf(deps, `/me/passkeys/${passkey.id}`))
      .send(presentPasskey(passkey));
  });
}

function keepingRoutes(app: App, deps: Deps, hasLink: HasLink): void {
  const listing = operation('listPasskeys', 'List your passkeys', {
    tags,
    description: `All of them, at most ${maxPasskeys}.`,
    response: { 200: passkeyPage },
    errors: [401],
  });
  app.get('/me/passkeys', { schema: listing, config: reading }, async (request) => {
    const rows = await listPasskeys(deps.db, personOf(request).userId);
    return { items: rows.map(presentPasskey), nextCursor: null };
  });

  const naming = operation('renamePasskey', 'Give a passkey another name', {
    tags,
    params: idParams,
    body: passkeyPatch,
    response: { 200: passkeySchema },
    errors: [400, 401, 404],
  });
  app.patch('/me/passkeys/:id', { schema: naming, config: renaming }, async (request) => {
    const { params, body } = request;
    return presentPasskey(await renameOwnPasskey(deps, personOf(request), params.id, body.name));
  });

  const removing = operation('removePasskey', 'Give a passkey up', {
    tags,
    description:
      'Needs a sign-in of late. With the last second factor go the recovery codes. 409 `last_sign_in_way` where neither a password, nor another passkey, nor a provider is left.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409],
  });
  app.delete('/me/passkeys/:id', { schema: removing, config: changing }, async (request, reply) => {
    await removePasskey(traced(deps, request), personOf(request), request.params.id, hasLink);
    return reply.status(204).send();
  });
}
