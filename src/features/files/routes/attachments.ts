import type { Deps } from '#platform/deps.ts';
import { signedIn } from '#platform/http/access.ts';
import { attachmentSchema } from '#platform/files/schemas.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { attachFile, detachFile } from '../commands/lesson-files.ts';
import { presentAttachment } from '../present.ts';
import { listAttachments } from '../queries/lessons.ts';
import { attachmentPage, attachmentParams, fileChoice, maxAttachments } from '../schemas.ts';
import { getReadable } from './lesson-file.ts';

const tags = ['Lessons'];
const config = { access: 'signedIn' } as const;

export function attachmentRoutes(app: App, deps: Deps): void {
  const listing = operation('listAttachments', 'List the files attached to a lesson', {
    tags,
    description: `For whoever may read the lesson. All of them, at most ${maxAttachments}; the lesson shows them too.`,
    params: idParams,
    response: { 200: attachmentPage },
    errors: [401, 403, 404],
  });
  // 3 statements: sign-in, lesson, attachments.
  app.get('/lessons/:id/attachments', { schema: listing, config: { access: 'public' } }, async (request) => {
    const { id } = await getReadable(deps, request.params.id, request.actor);
    const rows = await listAttachments(deps.db, id);
    return { items: rows.map((row) => presentAttachment(deps, row, request.actor)), nextCursor: null };
  });

  const attaching = operation('attachFile', 'Attach a file to a lesson', {
    tags,
    description:
      'For staff who edit the course, to a lesson of any type: a file of theirs, or one that the course uses already. 200 where it is attached already.',
    params: idParams,
    body: fileChoice,
    response: { 200: attachmentSchema, 201: attachmentSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.post('/lessons/:id/attachments', { schema: attaching, config }, async (request, reply) => {
    const actor = signedIn(request);
    const choice = { lessonId: request.params.id, fileId: request.body.fileId };
    const { attachment, isNew } = await attachFile(traced(deps, request), actor, choice);
    return reply.status(isNew ? 201 : 200).send(presentAttachment(deps, attachment, actor));
  });

  const detaching = operation('detachFile', 'Take a file off a lesson', {
    tags,
    params: attachmentParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete(
    '/lessons/:id/attachments/:attachmentId',
    { schema: detaching, config },
    async (request, reply) => {
      const { id, attachmentId } = request.params;
      await detachFile(traced(deps, request), signedIn(request), id, attachmentId);
      return reply.status(204).send();
    },
  );
}
