import { holdPerson } from '#features/identity/commands/hold-person.ts';
import { makeTask } from '#features/tasks/commands/steps.ts';
import type { Person } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { makeExportJob } from '../job-definitions.ts';
import { exportDayMs, refusalOfExporting } from '../policy.ts';
import { findExport, insertExport, tallyExports, type ExportRow } from '../queries/data-exports.ts';

/** Has all that is kept of the person put into an archive, by a job. 409 `data_export_pending`, 429 `rate_limited`. */
export async function requestExport(deps: Deps, { userId }: Person): Promise<ExportRow> {
  const now = deps.clock.now();
  const [id, taskId] = [newId(), newId()];
  return inTransaction(deps.db, async (tx) => {
    // Of two wishes at once the second sees the first.
    if (!(await holdPerson(tx, userId))) throw notFound('User');
    const tally = await tallyExports(tx, userId, new Date(now.getTime() - exportDayMs));
    const refusal = refusalOfExporting(tally, now);
    if (refusal) throw refusal;
    await makeTask(deps, tx, {
      id: taskId,
      kind: 'privacy.export',
      ownerId: userId,
      subjectId: id,
      total: null,
    });
    await insertExport(tx, { id, userId, taskId, now });
    await deps.jobs.enqueue(tx, makeExportJob, { exportId: id });
    await deps.audit.record(tx, { action: 'data_export.requested', targetId: id, personId: userId });
    const row = await findExport(tx, id, userId);
    if (!row) throw new Error('An export that was made is not there.');
    return row;
  });
}
