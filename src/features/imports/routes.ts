import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Request } from '#platform/http/types.ts';
import { applyImport, startImport } from './commands/start-import.ts';
import { mayViewImport } from './policy.ts';
import { presentImport, presentRow } from './present.ts';
import { findImport, type ImportRow } from './queries/imports.ts';
import { listRows } from './queries/rows.ts';
import { importRowPage, importRowQuery, importSchema, newImportBody } from './schemas.ts';

const tags = ['Imports'];
const config = { access: 'signedIn' } as const;
// A file can give roles and groups, which nobody does by a session that was left open.
const starting = { ...config, needsStepUp: (body: unknown) => (body as { kind?: string }).kind === 'people' };
const changing = { ...config, isClosedInDemo: true, needsStepUp: 'byThing' } as const;

/** People and enrollments from CSV files: first told what would become of each row, then done. */
export function importsRoutes(app: App, deps: Deps): void {
  startingRoutes(app, deps);
  readingRoutes(app, deps);
}

function startingRoutes(app: App, deps: Deps): void {
  const checking = operation('startImport', 'Check a CSV file of people or enrollments', {
    tags,
    description:
      'Changes nothing: tells what would become of each row. `Location` is the task that does it. The file was uploaded before. `people` needs `users.manage` and a sign-in of late; `enrollments` needs `learners.manage` in the course of each row.',
    body: newImportBody,
    sends: ['location'],
    response: { 202: importSchema },
    errors: [400, 401, 403, 404, 422],
  });
  app.post('/imports', { schema: checking, config: starting }, async (request, reply) => {
    const row = await startImport(traced(deps, request), signedIn(request), request.body);
    reply.header('location', locationOf(deps, `/tasks/${row.dry_run?.task_id}`));
    return reply.status(202).send(presentImport(row));
  });

  const applying = operation('applyImport', 'Do what the check of a file told', {
    tags,
    description:
      'Rows that cannot be done are left, with their reasons; the others are done. One of people needs a sign-in of late. 409 `import_not_checked`, `import_applied`, `file_gone`.',
    params: idParams,
    sends: ['location'],
    response: { 202: importSchema },
    errors: [401, 403, 404, 409, 422],
  });
  app.post('/imports/:id/application', { schema: applying, config: changing }, async (request, reply) => {
    const row = await applyImport(traced(deps, request), signedIn(request), request.params.id);
    reply.header('location', locationOf(deps, `/tasks/${row.application?.task_id}`));
    return reply.status(202).send(presentImport(row));
  });
}

function readingRoutes(app: App, deps: Deps): void {
  const reading = operation('getImport', 'Read an import', {
    tags,
    description:
      'With how many rows were, or would be, created, updated, left as they are, and failed. Kept for `TASK_RETENTION_DAYS`.',
    params: idParams,
    response: { 200: importSchema },
    errors: [401, 404],
  });
  // 2 statements: sign-in, import.
  app.get('/imports/:id', { schema: reading, config }, async (request) =>
    presentImport(await findVisible(deps, request, request.params.id)),
  );

  const listing = operation('listImportRows', 'List what became of the rows of a file', {
    tags,
    description:
      '`stage` is `application` once that has begun, else `dryRun`, unless it is asked for. What stood in the file is not kept.',
    params: idParams,
    querystring: importRowQuery,
    response: { 200: importRowPage },
    errors: [400, 401, 404],
  });
  // 3 statements: sign-in, import, page.
  app.get('/imports/:id/rows', { schema: listing, config }, async (request) => {
    const row = await findVisible(deps, request, request.params.id);
    const { limit = 20, cursor, status, stage = row.application ? 'application' : 'dryRun' } = request.query;
    const page = await listRows(
      deps.db,
      { importId: row.id, stage, status },
      { limit, sort: 'line', cursor },
    );
    return { items: page.rows.map(presentRow), nextCursor: page.nextCursor };
  });
}

async function findVisible(deps: Deps, request: Request, id: string): Promise<ImportRow> {
  const row = await findImport(deps.db, id);
  if (!row || !mayViewImport(signedIn(request), { ownerId: row.owner_id })) throw notFound('Import');
  return row;
}
