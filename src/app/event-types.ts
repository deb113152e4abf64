import { quizGraded, quizSubmitted } from '#features/assessments/events.ts';
import { certificateIssued, certificateRevoked } from '#features/certificates/events.ts';
import { coursePublished, lessonChanged } from '#features/courses/events.ts';
import { enrollmentCreated, enrollmentResumed, enrollmentWithdrawn } from '#features/enrollments/events.ts';
import { fileUploaded } from '#features/files/events.ts';
import {
  apiKeyCreated,
  apiKeyRotated,
  emailChanged,
  emailChangeRequested,
  invitationAccepted,
  invitationIssued,
  factorRefused,
  factorsChanged,
  passwordChanged,
  passwordResetRequested,
  registerRepeated,
  suspensionEnded,
  userImpersonated,
  userRegistered,
  userSuspended,
  verificationRequested,
} from '#features/identity/events.ts';
import { dataExportReady, erasureRequested, userErased } from '#features/privacy/events.ts';
import { enrollmentCompleted, lessonCompleted } from '#features/progress/events.ts';
import { identityLinked, identityUnlinked } from '#features/sso/events.ts';
import { pinged, webhookDisabled } from '#features/webhooks/events.ts';
import type { EventCatalogue } from '#platform/events.ts';

/** Every event there is. The one list: a fact of any other is refused. */
export const eventCatalogue: EventCatalogue = {
  /** In the API's catalogue, the change feed and webhooks. */
  public: [
    userRegistered,
    userErased,
    coursePublished,
    enrollmentCreated,
    enrollmentWithdrawn,
    enrollmentResumed,
    lessonCompleted,
    quizSubmitted,
    quizGraded,
    enrollmentCompleted,
    certificateIssued,
    certificateRevoked,
    fileUploaded,
    webhookDisabled,
    pinged,
  ],
  /** In the log alone. */
  internal: [
    identityLinked,
    identityUnlinked,
    lessonChanged,
    verificationRequested,
    passwordResetRequested,
    invitationIssued,
    invitationAccepted,
    registerRepeated,
    passwordChanged,
    emailChangeRequested,
    emailChanged,
    apiKeyCreated,
    apiKeyRotated,
    factorsChanged,
    factorRefused,
    userSuspended,
    suspensionEnded,
    userImpersonated,
    dataExportReady,
    erasureRequested,
  ],
};
