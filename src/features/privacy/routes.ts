import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { personOf, signedIn } from '#platform/http/access.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Reply } from '#platform/http/types.ts';
import { getPendingErasure, requestErasure, withdrawErasure } from './commands/request-erasure.ts';
import { presentErasure, presentReceipt } from './present.ts';
import { dataExportRoutes } from './routes/data-exports.ts';
import { findErasure, type ErasureRow } from './queries/erasures.ts';
import { erasureBody, erasureSchema, receiptSchema } from './schemas.ts';

export function privacyRoutes(app: App, deps: Deps): void {
  ownRoutes(app, deps);
  othersRoutes(app, deps);
  receiptRoute(app, deps);
  dataExportRoutes(app, deps);
}

const consequences =
  'Until `erasesAt` it can be taken back, and nothing changes. Then the account and all that says something of the person are deleted or emptied; what was learned stays as numbers without a person. `id` is the number of the receipt. 409 `last_admin`, `last_owner`, `erasure_pending`.';

function ownRoutes(app: App, deps: Deps): void {
  const own = { access: 'signedIn' } as const;
  const tags = ['Me'];
  const asking = operation('requestMyErasure', 'Ask to be erased', {
    tags,
    description: consequences,
    body: erasureBody,
    isBodyOptional: true,
    sends: ['location'],
    response: { 202: erasureSchema },
    errors: [400, 401, 403, 409],
  });
  app.post(
    '/me/erasure',
    { schema: asking, config: { ...own, isClosedInDemo: true, needsStepUp: true } },
    async (request, reply) => {
      const person = personOf(request);
      const keepsName = request.body?.keepNameOnCertificates ?? false;
      const wish = { userId: person.userId, keepsName };
      const row = await requestErasure(traced(deps, request), person, wish);
      return accepted(deps, reply, row);
    },
  );

  const reading = operation('getMyErasure', 'Your wish to be erased, while it stands', {
    tags,
    response: { 200: erasureSchema },
    errors: [401, 404],
  });
  // 2 statements: sign-in, wish.
  app.get('/me/erasure', { schema: reading, config: { ...own, whileActing: 'closed' } }, async (request) =>
    presentErasure(await getPendingErasure(deps, personOf(request).userId)),
  );

  const withdrawing = operation('withdrawMyErasure', 'Take back the wish to be erased', {
    tags,
    response: { 204: noContent },
    errors: [401, 404],
  });
  app.delete('/me/erasure', { schema: withdrawing, config: own }, async (request, reply) => {
    const person = personOf(request);
    await withdrawErasure(traced(deps, request), person, person.userId);
    return reply.status(204).send();
  });
}

function othersRoutes(app: App, deps: Deps): void {
  const managing = { access: 'users.manage' } as const;
  const tags = ['Users'];
  const asking = operation('requestUserErasure', 'Have a person erased', {
    tags,
    description: consequences,
    params: idParams,
    body: erasureBody,
    isBodyOptional: true,
    sends: ['location'],
    response: { 202: erasureSchema },
    errors: [400, 401, 403, 404, 409],
  });
  const config = { ...managing, isClosedInDemo: true, needsStepUp: true } as const;
  app.post('/users/:id/erasure', { schema: asking, config }, async (request, reply) => {
    const keepsName = request.body?.keepNameOnCertificates ?? false;
    const wish = { userId: request.params.id, keepsName };
    const row = await requestErasure(traced(deps, request), signedIn(request), wish);
    return accepted(deps, reply, row);
  });

  const withdrawing = operation('withdrawUserErasure', 'Do not have a person erased after all', {
    tags,
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete('/users/:id/erasure', { schema: withdrawing, config: managing }, async (request, reply) => {
    await withdrawErasure(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(204).send();
  });
}

function receiptRoute(app: App, deps: Deps): void {
  const reading = operation('getErasureReceipt', 'The receipt of an erasure', {
    tags: ['Privacy'],
    description: 'For whoever has its number. It names nobody.',
    params: idParams,
    response: { 200: receiptSchema },
    errors: [404],
  });
  // 2 statements: sign-in where there is one, receipt.
  app.get(
    '/erasures/:id',
    { schema: reading, config: { access: 'public', ignoresCaller: true } },
    async (request) => {
      const row = await findErasure(deps.db, request.params.id);
      if (!row) throw notFound('Receipt');
      return presentReceipt(row);
    },
  );
}

/** The wish as it stands; `Location` is that of its receipt. */
function accepted(deps: Deps, reply: Reply, row: ErasureRow): Reply {
  return reply
    .status(202)
    .header('location', locationOf(deps, `/erasures/${row.id}`))
    .send(presentErasure(row));
}
