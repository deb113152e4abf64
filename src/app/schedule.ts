import { submitOverdueJob } from '#features/assessments/jobs.ts';
import { purgeEntriesJob, sealEntriesJob, tellHeadJob } from '#features/audit/job-definitions.ts';
import { backupJob, verifyBackupJob } from '#features/backups/job-definitions.ts';
import { enqueueMissingJob } from '#features/certificates/job-definitions.ts';
import { rollUpStatisticsJob } from '#features/enrollments/jobs.ts';
import { purgeUploadsJob, sweepFilesJob } from '#features/files/jobs.ts';
import { endSuspensionsJob } from '#features/identity/job-definitions.ts';
import { purgeSessionsJob } from '#features/identity/jobs.ts';
import { purgeImportsJob } from '#features/imports/job-definitions.ts';
import { purgeNotificationsJob } from '#features/notifications/job-definitions.ts';
import { purgeMailsJob, remindJob } from '#features/mail/job-definitions.ts';
import { eraseDueJob, eraseUnusedJob, purgeExportsJob } from '#features/privacy/job-definitions.ts';
import { nightlyCheckJob } from '#features/progress/jobs.ts';
import { purgeSignOnsJob } from '#features/sso/jobs.ts';
import { purgeTasksJob } from '#features/tasks/job-definitions.ts';
import { purgeDeliveriesJob } from '#features/webhooks/job-definitions.ts';
import type { Config } from '#platform/config/config.ts';
import type { JobDefinition } from '#platform/jobs/definition.ts';
import type { Envelope } from '#platform/jobs/claims.ts';
import type { JobEngine } from '#platform/jobs/jobs.ts';
import { purgeIdempotencyKeysJob } from './jobs/purge-idempotency-keys.ts';
import { resetDemoJob } from './jobs/reset-demo.ts';

export type Schedule = { cron: string; job: JobDefinition };

/** When which job is due, in UTC. The one list. */
const schedules: readonly Schedule[] = [
  { cron: '* * * * *', job: submitOverdueJob },
  { cron: '* * * * *', job: endSuspensionsJob },
  { cron: '17 3 * * *', job: purgeSessionsJob },
  { cron: '1-59/10 * * * *', job: purgeSignOnsJob },
  { cron: '41 * * * *', job: purgeIdempotencyKeysJob },
  { cron: '7 2 * * *', job: rollUpStatisticsJob },
  { cron: '37 2 * * *', job: nightlyCheckJob },
  { cron: '7 4 * * *', job: enqueueMissingJob },
  { cron: '27 4 * * *', job: purgeNotificationsJob },
  { cron: '23 * * * *', job: purgeUploadsJob },
  { cron: '27 3 * * *', job: sweepFilesJob },
  { cron: '47 3 * * *', job: purgeDeliveriesJob },
  { cron: '51 3 * * *', job: purgeImportsJob },
  { cron: '53 3 * * *', job: purgeTasksJob },
  { cron: '23 3 * * *', job: purgeMailsJob },
  { cron: '11 * * * *', job: eraseDueJob },
  { cron: '31 2 * * *', job: eraseUnusedJob },
  { cron: '29 * * * *', job: purgeExportsJob },
  { cron: '17 8 * * *', job: remindJob },
  { cron: '* * * * *', job: sealEntriesJob },
  { cron: '13 0 * * *', job: tellHeadJob },
  { cron: '53 3 * * *', job: purgeEntriesJob },
  { cron: '17 1 * * *', job: backupJob },
  { cron: '37 5 * * 0', job: verifyBackupJob },
];

// A demonstration begins anew before the other jobs of the night.
const demoSchedules: readonly Schedule[] = [{ cron: '37 1 * * *', job: resetDemoJob }];

/** What is due where these settings hold. */
export function schedulesFor({ demoMode }: Pick<Config, 'demoMode'>): readonly Schedule[] {
  return demoMode ? [...schedules, ...demoSchedules] : schedules;
}

/** Writes the list into the engine, which sends each occurrence once however many schedulers run. */
export async function applySchedules(engine: JobEngine, schedules: readonly Schedule[]): Promise<void> {
  const wanted = new Set(schedules.map(({ job }) => job.name));
  const existing = await engine.boss.getSchedules();
  for (const { name, key } of existing) {
    if (!wanted.has(key)) await engine.boss.unschedule(name, key);
  }
  for (const { cron, job } of schedules) {
    const envelope = { job: job.name, payload: {} } satisfies Envelope;
    await engine.boss.schedule(job.queue, cron, envelope, {
      key: job.name,
      tz: 'UTC',
      // One that came due while nothing ran is made up for, once: a machine may be off at night.
      missed: 'once',
      retryLimit: job.retryLimit,
      ...(job.expireInSeconds !== undefined && { expireInSeconds: job.expireInSeconds }),
    });
  }
}
