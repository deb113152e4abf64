import type { Deps } from '#platform/deps.ts';
import { AppError, unauthenticated } from '#platform/errors.ts';
import { FileMissingError } from '#platform/files/file-store.ts';
import { personOf } from '#platform/http/access.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { sendFile } from '#platform/http/send-file.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { getExport, makeLink, noteDownload, openArchive } from '../commands/fetch-export.ts';
import { requestExport } from '../commands/request-export.ts';
import { presentExport } from '../present.ts';
import { listExports } from '../queries/data-exports.ts';
import {
  archiveAnswer,
  archiveQuery,
  exportPage,
  exportQuery,
  exportSchema,
  linkSchema,
} from '../schemas.ts';

const tags = ['Me'];

/** All that is kept of a person, for themselves. */
export function dataExportRoutes(app: App, deps: Deps): void {
  askingRoute(app, deps);
  readingRoutes(app, deps);
  linkRoute(app, deps);
  archiveRoute(app, deps);
}

function askingRoute(app: App, deps: Deps): void {
  const asking = operation('requestMyDataExport', 'Have all your data put into an archive', {
    tags,
    description:
      'A ZIP with what is stored of you as JSON, your files, and your certificates as PDF, without secrets and without what is of ' +
      'others. A mail says when it is ready; `Location` is the task. It is kept for `DATA_EXPORT_KEEP_DAYS`, or until the next. ' +
      'Needs a sign-in of late. 409 `data_export_pending`: one at a time. 429: three a day.',
    sends: ['location'],
    response: { 202: exportSchema },
    errors: [401, 403, 409, 429],
  });
  const config = { access: 'signedIn', isClosedInDemo: true, needsStepUp: true } as const;
  app.post('/me/data-exports', { schema: asking, config }, async (request, reply) => {
    const row = await requestExport(traced(deps, request), personOf(request));
    return reply
      .status(202)
      .header('location', locationOf(deps, `/tasks/${row.task_id}`))
      .send(presentExport(row, deps.clock.now()));
  });
}

function readingRoutes(app: App, deps: Deps): void {
  const config = { access: 'signedIn', whileActing: 'closed' } as const;
  const listing = operation('listMyDataExports', 'List exports of your data', {
    tags,
    description: 'Kept for `TASK_RETENTION_DAYS`, longer than their archives.',
    querystring: exportQuery,
    response: { 200: exportPage },
    errors: [400, 401, 403],
  });
  // 2 statements: sign-in, page.
  app.get('/me/data-exports', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = '-requestedAt', cursor } = request.query;
    const page = await listExports(deps.db, personOf(request).userId, { limit, sort, cursor });
    const now = deps.clock.now();
    return { items: page.rows.map((row) => presentExport(row, now)), nextCursor: page.nextCursor };
  });

  const reading = operation('getMyDataExport', 'See how an export of your data stands', {
    tags,
    params: idParams,
    response: { 200: exportSchema },
    errors: [401, 403, 404],
  });
  // 2 statements: sign-in, export.
  app.get('/me/data-exports/:id', { schema: reading, config }, async (request) =>
    presentExport(await getExport(deps, personOf(request).userId, request.params.id), deps.clock.now()),
  );
}

function linkRoute(app: App, deps: Deps): void {
  const linking = operation('createMyDataExportLink', 'Make an address from which an archive is read', {
    tags,
    description:
      'It opens without an access token, for an hour, and no longer than your session, so that a browser or a program can fetch ' +
      'it. Needs a sign-in of late. 409 `data_export_not_ready`, 410 `data_export_expired`.',
    params: idParams,
    response: { 201: linkSchema },
    errors: [401, 403, 404, 409, 410],
  });
  const config = { access: 'signedIn', isClosedInDemo: true, needsStepUp: true } as const;
  app.post('/me/data-exports/:id/links', { schema: linking, config }, async (request, reply) => {
    const { url, expiresAt } = await makeLink(traced(deps, request), personOf(request), request.params.id);
    return reply.status(201).send({ url, expiresAt: expiresAt.toISOString() });
  });
}

function archiveRoute(app: App, deps: Deps): void {
  const fetching = operation('getDataExportContent', 'The archive of an export', {
    tags: ['Privacy'],
    description:
      'At the `url` of a link, whose ticket is the right to read it, until it expires or the session ends in which it was made. ' +
      'Whole or by one range, streamed, through the API always. Each beginning is an act of the audit trail.',
    params: idParams,
    querystring: archiveQuery,
    sends: ['ranges'],
    response: { 200: archiveAnswer, 206: archiveAnswer },
    errors: [400, 401, 404, 416],
  });
  const config = { access: 'public', ignoresCaller: true } as const;
  // 3 statements: sign-in where there is one, export with its session, the entry of the trail.
  app.get('/data-exports/:id/content', { schema: fetching, config }, async (request, reply) => {
    const { id } = request.params;
    const { ticket } = request.query;
    if (ticket === undefined) throw unauthenticated('Ask for an address of the archive.');
    const archive = await openArchive(deps, id, ticket);
    const day = archive.requestedAt.toISOString().slice(0, 10);
    return sendFile(request, reply, {
      sizeBytes: archive.sizeBytes,
      sha256: archive.sha256,
      contentType: 'application/zip',
      fileName: `data-export-${day}.zip`,
      fallbackName: `data-export-${day}.zip`,
      disposition: 'attachment',
      cacheControl: 'private, no-store',
      open: async (range) => {
        if ((range?.start ?? 0) === 0) await noteDownload(traced(deps, request), id, archive);
        return deps.files.read(archive.storeKey, range).catch(explainMissing(deps, id));
      },
    });
  });
}

// Lost by the store, or not restored with the database.
function explainMissing(deps: Deps, exportId: string) {
  return (error: unknown): never => {
    if (!(error instanceof FileMissingError)) throw error;
    deps.log.error({ exportId }, 'privacy: the archive of an export is not in the store');
    throw new AppError(503, 'file_unreadable', 'The archive cannot be found. Ask for a new export.');
  };
}
