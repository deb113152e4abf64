import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { enqueueMissing } from './commands/enqueue-missing.ts';
import { issueCertificate } from './commands/issue-certificate.ts';
import { renderCertificate } from './commands/render-certificate.ts';
import { enqueueMissingJob, issueCertificateJob, renderCertificateJob } from './job-definitions.ts';

export const certificateJobs = [
  job<Deps, typeof issueCertificateJob.payload>(issueCertificateJob, (deps, { enrollmentId }) =>
    issueCertificate(deps, enrollmentId),
  ),
  job<Deps, typeof renderCertificateJob.payload>(renderCertificateJob, (deps, { certificateId, actorId }) =>
    renderCertificate(deps, certificateId, actorId),
  ),
  job<Deps, typeof enqueueMissingJob.payload>(enqueueMissingJob, async (deps) => {
    const { issueCount, renderCount } = await enqueueMissing(deps);
    if (issueCount + renderCount === 0) return;
    deps.log.warn({ issueCount, renderCount }, 'certificates were missing; their jobs are enqueued again');
  }),
];
