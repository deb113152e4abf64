import { defineEvent } from '#platform/events.ts';
import { id, object } from '#platform/http/schema.ts';

const data = object({ certificateId: id, userId: id, courseId: id, enrollmentId: id });

/** Once a certificate, when its PDF exists. */
export const certificateIssued = defineEvent('certificate.issued', data);
/** Once a certificate; also where a reissue replaces it. */
export const certificateRevoked = defineEvent('certificate.revoked', data);
