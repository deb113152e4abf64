import { object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

// Of large stores. pg-boss takes a job that has run for so long for dead.
const longestSeconds = 12 * 3_600;

/** Daily, where the settings have backups made. */
export const backupJob = defineJob({
  name: 'backups.run',
  queue: 'maintenance',
  payload: object({}),
  retryLimit: 3,
  expireInSeconds: longestSeconds,
});

/** Weekly: restores the newest backup beside the database, looks at it, and throws it away. */
export const verifyBackupJob = defineJob({
  name: 'backups.verify',
  queue: 'maintenance',
  payload: object({}),
  retryLimit: 3,
  expireInSeconds: longestSeconds,
});
