import { enrollmentCompleted } from '#features/progress/events.ts';
import { id, nullable, object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

/** Follows `enrollment.completed`. */
export const issueCertificateJob = defineJob({
  name: 'certificates.issue',
  queue: 'certificates',
  payload: enrollmentCompleted.data,
});

/** The PDF of a certificate that stands already, as after a reissue. */
export const renderCertificateJob = defineJob({
  name: 'certificates.render',
  queue: 'certificates',
  payload: object({ certificateId: id, actorId: nullable(id) }),
});

/** The PDF of a certificate whose file was lost. */
export const restorePdfJob = defineJob({
  name: 'certificates.restore-pdf',
  queue: 'certificates',
  payload: object({ certificateId: id }),
});

/**
 * Nightly: finds completions whose certificate or PDF never came, as after a job that failed for good, and moves PDFs
 * that the database still holds into the store.
 */
export const enqueueMissingJob = defineJob({
  name: 'certificates.enqueue-missing',
  queue: 'certificates',
  payload: object({}),
});
