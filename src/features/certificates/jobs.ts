import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { issueCertificate } from './commands/issue-certificate.ts';
import { renderCertificate } from './commands/render-certificate.ts';
import { issueCertificateJob, renderCertificateJob } from './job-definitions.ts';

export const certificateJobs = [
  job<Deps, typeof issueCertificateJob.payload>(issueCertificateJob, (deps, { enrollmentId }) =>
    issueCertificate(deps, enrollmentId),
  ),
  job<Deps, typeof renderCertificateJob.payload>(renderCertificateJob, (deps, { certificateId, actorId }) =>
    renderCertificate(deps, certificateId, actorId),
  ),
];
