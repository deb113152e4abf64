import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { enqueueMissing } from './commands/enqueue-missing.ts';
import { issueCertificate } from './commands/issue-certificate.ts';
import { renderCertificate } from './commands/render-certificate.ts';
import { movePdfs } from './commands/move-pdfs.ts';
import { restorePdf } from './commands/restore-pdf.ts';
import {
  enqueueMissingJob,
  issueCertificateJob,
  renderCertificateJob,
  restorePdfJob,
} from './job-definitions.ts';

export const certificateJobs = [
  job<Deps, typeof issueCertificateJob.payload>(issueCertificateJob, (deps, { enrollmentId }) =>
    issueCertificate(deps, enrollmentId),
  ),
  job<Deps, typeof renderCertificateJob.payload>(renderCertificateJob, (deps, { certificateId, actorId }) =>
    renderCertificate(deps, certificateId, actorId),
  ),
  job<Deps, typeof restorePdfJob.payload>(restorePdfJob, (deps, { certificateId }) =>
    restorePdf(deps, certificateId),
  ),
  job<Deps, typeof enqueueMissingJob.payload>(enqueueMissingJob, async (deps, _payload, { signal }) => {
    const { issueCount, renderCount } = await enqueueMissing(deps);
    if (issueCount + renderCount > 0)
      deps.log.warn({ issueCount, renderCount }, 'certificates were missing; their jobs are enqueued again');
    const movedCount = await movePdfs(deps, signal);
    if (movedCount > 0)
      deps.log.info({ movedCount }, 'PDFs of certificates were moved from the database into the store');
  }),
];
