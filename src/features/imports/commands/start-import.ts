import { findImportable } from '#features/files/commands/find-importable.ts';
import { makeTask } from '#features/tasks/commands/steps.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, invalid, notFound } from '#platform/errors.ts';
import { isFresh, stepUpRequired } from '#platform/http/step-up.ts';
import { newId } from '#platform/ids.ts';
import type { ImportKind } from '../csv/columns.ts';
import { runImportJob, type Stage } from '../job-definitions.ts';
import { refusalOfApplying, refusalOfImporting } from '../policy.ts';
import { findImport, insertImport, insertRun, lockImport, type ImportRow } from '../queries/imports.ts';

const csv = 'text/csv';

/** Has a file checked: what would become of each row, while nothing is changed. 400 for what is no CSV, 403, 404. */
export async function startImport(
  deps: Deps,
  actor: Actor,
  { kind, fileId }: { kind: ImportKind; fileId: string },
): Promise<ImportRow> {
  const refusal = refusalOfImporting(actor, kind);
  if (refusal) throw refusal;
  const file = await findImportable(deps, actor, fileId);
  if (file.mediaType !== csv) {
    throw invalid('The file is no CSV.', [
      {
        path: '/fileId',
        code: 'file_not_csv',
        params: { mediaType: file.mediaType },
        message: `It must be a text in UTF-8 whose name ends in .csv; this one is ${file.mediaType}.`,
      },
    ]);
  }
  const id = newId();
  return inTransaction(deps.db, async (tx) => {
    await insertImport(tx, { id, kind, ownerId: actor.userId, fileId, now: deps.clock.now() });
    return begin(deps, tx, { id, ownerId: actor.userId, stage: 'dryRun', total: null });
  });
}

/**
 * Does what the check told. 403, also without a sign-in of late, 404, 409 `import_not_checked` before the check has
 * succeeded, `import_applied` where it was done before, `file_gone`.
 */
export async function applyImport(deps: Deps, actor: Actor, id: string): Promise<ImportRow> {
  return inTransaction(deps.db, async (tx) => {
    const row = await lockImport(tx, id);
    if (!row) throw notFound('Import');
    const refusal = refusalOfApplying(actor, { ownerId: row.owner_id, kind: row.kind });
    if (refusal) throw refusal;
    // The check may be of long ago.
    if (row.kind === 'people' && !isFresh(actor)) throw stepUpRequired(actor.signIn?.stepUpMethods ?? []);
    if (row.application) throw conflict('import_applied', 'It was applied before. Check the file anew.');
    if (row.dry_run?.task_status !== 'succeeded') throw notChecked(row);
    if (row.file_id === null) throw conflict('file_gone', 'The file was deleted. Upload it again.');
    return begin(deps, tx, { id, ownerId: row.owner_id, stage: 'application', total: row.dry_run.total });
  });
}

async function begin(
  deps: Deps,
  tx: Tx,
  { id, ownerId, stage, total }: { id: string; ownerId: string; stage: Stage; total: number | null },
): Promise<ImportRow> {
  const kind = stage === 'dryRun' ? 'imports.check' : 'imports.apply';
  const task = { id: newId(), kind, ownerId, subjectId: id, total };
  await makeTask(deps, tx, task);
  await insertRun(tx, { importId: id, stage, taskId: task.id });
  await deps.jobs.enqueue(tx, runImportJob, { importId: id, stage });
  const row = await findImport(tx, id);
  if (!row) throw new Error('An import that was made is not there.');
  const action = stage === 'dryRun' ? 'import.checked' : 'import.applied';
  await deps.audit.record(tx, { action, targetId: id, after: { kind: row.kind, fileId: row.file_id } });
  return row;
}

function notChecked({ dry_run: run }: ImportRow) {
  const told = run ? `It is ${run.task_status}.` : 'It was forgotten.';
  return conflict('import_not_checked', `Its check must have succeeded first. ${told}`);
}
