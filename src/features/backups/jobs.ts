import { BackupError } from '#platform/backup/backup-error.ts';
import { hasBackups } from '#platform/backup/open-target.ts';
import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { backupJob, verifyBackupJob } from './job-definitions.ts';

// What they need is loaded by the worker that runs one.
export const backupJobs = [
  job<Deps, typeof backupJob.payload>(backupJob, async (deps, _payload, { signal }) => {
    if (!hasBackups(deps.config)) return;
    const { takeBackup } = await import('./commands/take-backup.ts');
    const taken = await takeBackup(deps, signal);
    if (taken === 'busy') deps.log.info('backup: another process makes one at this moment');
    else deps.log.info(taken, 'backup: made');
  }),
  job<Deps, typeof verifyBackupJob.payload>(verifyBackupJob, async (deps, _payload, { signal }) => {
    if (!hasBackups(deps.config)) return;
    const { verifyNewest } = await import('./commands/verify-backup.ts');
    const verified = await verifyNewest(deps, signal);
    if (verified === 'busy' || verified === 'nothing') return;
    const { archive, broken } = verified;
    if (broken.length > 0)
      throw new BackupError(`The backup ${archive} is not consistent: ${broken[0]?.check}.`);
    deps.log.info({ archive }, 'backup: restored for a look, and found sound');
  }),
];
