import type { Deps } from '#platform/deps.ts';
import { unauthenticated } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import type { InHand } from '#platform/http/in-hand.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { acceptBytes, receiveBytes } from '#platform/http/upload.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Request } from '#platform/http/types.ts';
import { completeUpload } from '../commands/complete-upload.ts';
import { receiveUpload } from '../commands/receive-upload.ts';
import { startUpload } from '../commands/start-upload.ts';
import { tooLarge } from '../commands/upload-file.ts';
import { presentFile } from '../present.ts';
import {
  completionBody,
  fileSchema,
  newUploadBody,
  uploadBytes,
  uploadQuery,
  uploadSchema,
} from '../schemas.ts';

const tags = ['Files'];
const config = { access: 'signedIn' } as const;

export function uploadRoutes(app: App, deps: Deps, inHand: InHand): void {
  const starting = operation('startUpload', 'Announce an upload to the store', {
    tags,
    description:
      'Says where the bytes go, with which method and headers: to the store itself where it takes them, else to this ' +
      'server. They count for the quota from now on (409 `quota_exceeded`). Complete it before it expires.',
    body: newUploadBody,
    response: { 201: uploadSchema },
    errors: [400, 401, 409, 413],
  });
  app.post('/files/uploads', { schema: starting, config }, async (request, reply) => {
    const { expiresAt, ...upload } = await startUpload(
      traced(deps, request),
      signedIn(request),
      request.body,
    );
    return reply
      .status(201)
      .header('cache-control', 'no-store')
      .send({ ...upload, method: 'PUT', expiresAt: expiresAt.toISOString() });
  });

  acceptBytes(app, (scope) => receivingRoute(scope, deps, inHand));

  const completing = operation('completeUpload', 'Make an upload a file', {
    tags,
    description:
      'Reads what was stored and finds size, type and checksum in it. Again answers the same. 409 `upload_incomplete` ' +
      'before the bytes came, `upload_mismatch` where they are not as many as announced, 410 `upload_expired`.',
    params: idParams,
    body: completionBody,
    isBodyOptional: true,
    response: { 200: fileSchema },
    errors: [400, 401, 404, 409, 410, 413],
  });
  app.put('/files/uploads/:id/completion', { schema: completing, config }, async (request) => {
    const actor = signedIn(request);
    return presentFile(deps, await completeUpload(traced(deps, request), actor, request.params.id), actor);
  });
}

function receivingRoute(app: App, deps: Deps, inHand: InHand): void {
  const { uploadLimitBytes, uploadIdleTimeoutSeconds } = deps.config;
  const receiving = operation('sendUpload', 'Send the bytes of an upload', {
    tags,
    description:
      'At the `url` of an upload, where that leads here: its ticket is the right to send them, once.',
    params: idParams,
    querystring: uploadQuery,
    body: uploadBytes,
    response: { 204: noContent },
    errors: [400, 401, 404, 408, 409, 410, 413, 415, 429, 507],
  });
  const bearerOf = ({ params, query }: Pick<Request, 'params' | 'query'>) => {
    const { id } = params as { id: string };
    const { ticket } = query as { ticket?: unknown };
    if (typeof ticket !== 'string') return undefined;
    return deps.fileTickets.check(ticket, { purpose: 'upload', id }, deps.clock.now());
  };
  const config = {
    access: 'public',
    isUpload: true,
    ignoresCaller: true,
    limit: 'uploads',
    countsFor: (request: Request) => bearerOf(request)?.holderId,
  } as const;
  app.put('/files/uploads/:id/content', { schema: receiving, config }, async (request, reply) => {
    const { id } = request.params;
    const bearer = bearerOf(request);
    if (!bearer) throw unauthenticated('This address has expired. Announce the upload anew.');
    const limits = {
      limitBytes: uploadLimitBytes,
      idleTimeoutMs: uploadIdleTimeoutSeconds * 1000,
      tooLarge: () => tooLarge(uploadLimitBytes),
    };
    const { holderId: userId } = bearer;
    await inHand(userId, () =>
      receiveBytes(request, limits, (content, signal) =>
        receiveUpload(traced(deps, request), { id, userId }, content, signal),
      ),
    );
    return reply.status(204).send();
  });
}
