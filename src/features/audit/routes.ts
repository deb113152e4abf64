import { Readable } from 'node:stream';
import type { Static } from 'typebox';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { exportEntries } from './commands/export-entries.ts';
import { presentEntry } from './present.ts';
import { findEntry, listEntries, type EntryFilters } from './queries/entries.ts';
import {
  auditEventSchema,
  auditExportAnswer,
  auditExportQuery,
  auditListQuery,
  auditPage,
} from './schemas.ts';

const tags = ['Audit trail'];
const config = { access: 'audit.read' } as const;
const taking = { ...config, needsStepUp: true } as const;

export function auditRoutes(app: App, deps: Deps): void {
  readingRoutes(app, deps);
  exportRoute(app, deps);
}

function readingRoutes(app: App, deps: Deps): void {
  const listing = operation('listAuditEvents', 'List privileged and security-relevant acts', {
    tags,
    description:
      'Who did what, from where, to what. `actorId`: who; `impersonatorId`: the admin who acted as them; `apiKeyId`, `sessionId`, `requestId`, `address`: by what, and from where; `personId`: whom it concerns. Kept for `AUDIT_RETENTION_DAYS`.',
    querystring: auditListQuery,
    response: { 200: auditPage },
    errors: [400, 401, 403],
  });
  // 2 statements, 3 with the total.
  app.get('/admin/audit-events', { schema: listing, config }, async ({ query }) => {
    const { limit = 20, sort = '-at', cursor, include, ...filters } = query;
    const withTotal = include?.includes('total') ?? false;
    const page = await listEntries(deps.db, filtersOf(filters), { limit, sort, cursor }, withTotal);
    return {
      items: page.rows.map(presentEntry),
      nextCursor: page.nextCursor,
      ...(page.total && { total: page.total }),
    };
  });

  const reading = operation('getAuditEvent', 'Read one act of the trail', {
    tags,
    params: idParams,
    response: { 200: auditEventSchema },
    errors: [401, 403, 404],
  });
  app.get('/admin/audit-events/:id', { schema: reading, config }, async ({ params }) => {
    const entry = await findEntry(deps.db, params.id);
    if (!entry) throw notFound('Audit event');
    return presentEntry(entry);
  });
}

function exportRoute(app: App, deps: Deps): void {
  const exporting = operation('exportAuditEvents', 'All acts of the trail that match, as a file', {
    tags,
    description: 'As the list has them, streamed, the newest first. It is itself an act of the trail.',
    querystring: auditExportQuery,
    response: { 200: auditExportAnswer },
    errors: [400, 401, 403],
  });
  // 2 statements, and one for every 500 entries.
  app.get('/admin/audit-export', { schema: exporting, config: taking }, async (request, reply) => {
    const { format, ...filters } = request.query;
    reply
      .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
      .header('content-disposition', `attachment; filename="audit-events.${format}"`)
      .header('cache-control', 'private, no-store');
    // Nothing is read for it, and nothing recorded.
    if (request.method === 'HEAD') return reply.send(Buffer.alloc(0));
    const lines = await exportEntries(traced(deps, request), filtersOf(filters), format);
    return reply.send(Readable.from(lines));
  });
}

type Filters = Omit<Static<typeof auditExportQuery>, 'format'>;

function filtersOf({ from, to, ...others }: Filters): EntryFilters {
  return {
    ...others,
    ...(from !== undefined && { from: new Date(from) }),
    ...(to !== undefined && { to: new Date(to) }),
  };
}
