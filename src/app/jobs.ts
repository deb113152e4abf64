import { assessmentJobs } from '#features/assessments/jobs.ts';
import { auditJobs } from '#features/audit/jobs.ts';
import { backupJobs } from '#features/backups/jobs.ts';
import { certificateJobs } from '#features/certificates/jobs.ts';
import { enrollmentJobs } from '#features/enrollments/jobs.ts';
import { fileJobs } from '#features/files/jobs.ts';
import { identityJobs } from '#features/identity/jobs.ts';
import { importJobs } from '#features/imports/jobs.ts';
import { notificationJobs } from '#features/notifications/jobs.ts';
import { mailJobs } from '#features/mail/jobs.ts';
import { privacyJobs } from '#features/privacy/jobs.ts';
import { progressJobs } from '#features/progress/jobs.ts';
import { ssoJobs } from '#features/sso/jobs.ts';
import { taskJobs } from '#features/tasks/jobs.ts';
import { webhookJobs } from '#features/webhooks/jobs.ts';
import type { Deps } from '#platform/deps.ts';
import type { Job } from '#platform/jobs/definition.ts';
import { purgeIdempotencyKeys } from './jobs/purge-idempotency-keys.ts';
import { resetDemo } from './jobs/reset-demo.ts';

/** Every job that a worker can run. The one list. */
export const jobs: readonly Job<Deps>[] = [
  ...identityJobs,
  ...ssoJobs,
  ...taskJobs,
  ...enrollmentJobs,
  ...progressJobs,
  ...assessmentJobs,
  ...fileJobs,
  ...importJobs,
  ...certificateJobs,
  ...notificationJobs,
  ...webhookJobs,
  ...mailJobs,
  ...privacyJobs,
  ...backupJobs,
  ...auditJobs,
  purgeIdempotencyKeys,
  resetDemo,
];
