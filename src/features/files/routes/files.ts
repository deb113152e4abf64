import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import type { InHand } from '#platform/http/in-hand.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { acceptForms, receiveForm } from '#platform/http/upload.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { deleteFile } from '../commands/delete-file.ts';
import { discardContent } from '../commands/store-content.ts';
import { keepFile, receiveFile, tooLarge } from '../commands/upload-file.ts';
import { refusalOfReading } from '../policy.ts';
import { presentFile } from '../present.ts';
import { findMetFile } from '../queries/files.ts';
import { fileSchema, uploadForm } from '../schemas.ts';

const tags = ['Files'];

export function fileRoutes(app: App, deps: Deps, inHand: InHand): void {
  acceptForms(app, (scope) => uploadingRoute(scope, deps, inHand));

  const reading = operation('getFile', 'Read what is known of a file', {
    tags,
    description: 'For who uploaded it, whoever may read a lesson that it belongs to, and admins.',
    params: idParams,
    response: { 200: fileSchema },
    errors: [401, 404],
  });
  // 2 statements: sign-in, file.
  app.get('/files/:id', { schema: reading, config: { access: 'public' } }, async (request) => {
    const file = await findMetFile(deps.db, request.params.id, request.actor?.userId ?? null);
    const refusal = refusalOfReading(request.actor, file);
    if (refusal) throw refusal;
    if (!file) throw notFound('File');
    return presentFile(deps, file, request.actor);
  });

  const deleting = operation('deleteFile', 'Delete a file', {
    tags,
    description: 'By who uploaded it, and admins. 409 `file_in_use` while a lesson uses it.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409],
  });
  app.delete('/files/:id', { schema: deleting, config: { access: 'signedIn' } }, async (request, reply) => {
    await deleteFile(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(204).send();
  });
}

function uploadingRoute(app: App, deps: Deps, inHand: InHand): void {
  const { uploadLimitBytes, uploadIdleTimeoutSeconds } = deps.config;
  const uploading = operation('uploadFile', 'Upload a file', {
    tags,
    description:
      'A form with one part `file`, streamed. Its type is found in its content: 400 `file_type_not_allowed`, ' +
      '`file_infected`. 409 `quota_exceeded`. A file that nothing uses is deleted after some days. `Idempotency-Key` ' +
      'is ignored: `sha256` tells whether two uploads are the same.',
    body: uploadForm,
    sends: ['location'],
    response: { 201: fileSchema },
    errors: [400, 401, 408, 409, 413, 415, 429, 507],
  });
  const config = { access: 'signedIn', isUpload: true, limit: 'uploads' } as const;
  app.post('/files', { schema: uploading, config }, async (request, reply) => {
    const actor = signedIn(request);
    const file = await inHand(actor.userId, async () => {
      const own = traced(deps, request);
      const received = await receiveForm(request, {
        limitBytes: uploadLimitBytes,
        idleTimeoutMs: uploadIdleTimeoutSeconds * 1000,
        tooLarge: () => tooLarge(uploadLimitBytes),
        take: (part) => receiveFile(own, actor, part),
        undo: ({ storeKey }) => discardContent(own, storeKey),
      });
      return keepFile(own, actor, received);
    });
    return reply
      .status(201)
      .header('location', locationOf(deps, `/files/${file.id}`))
      .send(presentFile(deps, file, actor));
  });
}
