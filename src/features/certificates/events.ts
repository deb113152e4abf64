import { definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, object } from '#platform/http/schema.ts';

const data = object({ certificateId: id, userId: id, courseId: id, enrollmentId: id });
const { certificateId, userId, courseId, enrollmentId } = exampleIds;
const example = { certificateId, userId, courseId, enrollmentId };

/** Once a certificate, when its PDF exists. */
export const certificateIssued = definePublicEvent('certificate.issued', data, {
  description: 'A certificate was issued, and its PDF is there. Once a certificate.',
  example,
});
/** Once a certificate; also where a reissue replaces it. */
export const certificateRevoked = definePublicEvent('certificate.revoked', data, {
  description: 'A certificate was revoked, also where a reissue replaces it. Once a certificate.',
  example,
});
