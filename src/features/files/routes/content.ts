import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, notFound, unauthenticated } from '#platform/errors.ts';
import { FileMissingError } from '#platform/files/file-store.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { sendFile } from '#platform/http/send-file.ts';
import type { App, Reply, Request } from '#platform/http/types.ts';
import { contentTypeOf, mayBeShown } from '../content/serving.ts';
import { refusalOfReading } from '../policy.ts';
import { findActedAs, findBearer, findMetFile, type FileRow } from '../queries/files.ts';
import { contentAnswer, contentQuery } from '../schemas.ts';

/** Of an address of the store: long enough to follow a redirect, and to go on from a pause in a video. */
const addressSeconds = 600;

export function contentRoutes(app: App, deps: Deps): void {
  const reading = operation('getFileContent', 'The content of a file', {
    tags: ['Files'],
    description:
      'Whole or by one range, streamed, or by a redirect to the store, which is followed without credentials. For who ' +
      'may read the file; with `ticket` for whom it was made, as long as they may read it.',
    params: idParams,
    querystring: contentQuery,
    sends: ['ranges'],
    response: { 200: contentAnswer, 206: contentAnswer },
    errors: [400, 401, 404, 416],
  });
  // 2 statements: sign-in or the ticket’s bearer, file; 3 with both.
  app.get('/files/:id/content', { schema: reading, config: { access: 'public' } }, async (request, reply) => {
    const { id } = request.params;
    const { disposition = 'inline', ticket } = request.query;
    const reader = ticket === undefined ? request.actor : await readerOf(deps, id, ticket);
    const file = await findMetFile(deps.db, id, reader?.userId ?? null);
    const refusal = refusalOfReading(reader, file);
    if (refusal) throw refusal;
    if (!file) throw notFound('File');
    return sendContent(deps, { request, reply, file, isShown: disposition === 'inline' });
  });
}

/**
 * Whom the ticket was made for, as they are now. Throws 401 for one that is not good for this file, or of an admin who acts
 * as them no more.
 */
async function readerOf(deps: Deps, id: string, ticket: string): Promise<Actor> {
  const now = deps.clock.now();
  const checked = deps.fileTickets.check(ticket, { purpose: 'content', id }, now);
  const acting = deps.fileTickets.check(ticket, { purpose: 'contentWhileActing', id }, now);
  const person = checked
    ? await findBearer(deps.db, checked.holderId)
    : acting && (await findActedAs(deps.db, acting.holderId, now));
  if (!person) throw unauthenticated('This address has expired. Read the file anew for another.');
  return { userId: person.id, sessionId: null, role: person.role, granted: person.granted };
}

type Sending = { request: Request; reply: Reply; file: FileRow; isShown: boolean };

function sendContent(deps: Deps, { request, reply, file, isShown }: Sending): Promise<Reply> {
  const { store_key: key, name, media_type: mediaType } = file;
  const disposition = isShown && mayBeShown(mediaType) ? 'inline' : 'attachment';
  const contentType = contentTypeOf(mediaType);
  const fallbackName = 'file';
  return sendFile(request, reply, {
    sizeBytes: file.size_bytes,
    sha256: file.sha256,
    contentType,
    fileName: name,
    fallbackName,
    disposition,
    open: (range) => deps.files.read(key, range).catch(explainMissing(deps, file)),
    address: () =>
      deps.files.downloadUrl(key, {
        fileName: name,
        contentType,
        disposition,
        expiresInSeconds: addressSeconds,
      }),
  });
}

// Lost by the store, or not restored with the database.
function explainMissing(deps: Deps, { id }: FileRow) {
  return (error: unknown): never => {
    if (!(error instanceof FileMissingError)) throw error;
    deps.log.error({ fileId: id }, 'files: the content of a file is not in the store');
    throw new AppError(503, 'file_unreadable', 'The content of this file cannot be found at present.');
  };
}
