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

/** Nightly: finds completions whose certificate or PDF never came, as after a job that failed for good. */
export const enqueueMissingJob = defineJob({
  name: 'certificates.enqueue-missing',
  queue: 'certificates',
  payload: object({}),
});
