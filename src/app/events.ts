import { quizGraded } from '#features/assessments/events.ts';
import { certificateIssued, certificateRevoked } from '#features/certificates/events.ts';
import { issueCertificateJob } from '#features/certificates/job-definitions.ts';
import { lessonChanged } from '#features/courses/events.ts';
import { enrollmentCreated, enrollmentResumed } from '#features/enrollments/events.ts';
import {
  apiKeyCreated,
  apiKeyRotated,
  emailChanged,
  emailChangeRequested,
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
import { welcomeJob } from '#features/identity/job-definitions.ts';
import {
  accountExistsMailJob,
  apiKeyMailJob,
  apiKeyRotatedMailJob,
  completionMailJob,
  dataExportMailJob,
  emailChangedMailJob,
  emailChangeMailJob,
  enrollmentMailJob,
  erasureMailJob,
  factorRefusedMailJob,
  factorsMailJob,
  gradeMailJob,
  identityMailJob,
  impersonationMailJob,
  invitationMailJob,
  passwordChangedMailJob,
  passwordResetMailJob,
  revocationMailJob,
  suspensionEndedMailJob,
  suspensionMailJob,
  verificationMailJob,
  webhookMailJob,
  welcomeMailJob,
} from '#features/mail/job-definitions.ts';
import { isNews } from '#features/mail/news.ts';
import { notifyJob } from '#features/notifications/job-definitions.ts';
import { dataExportReady, erasureRequested } from '#features/privacy/events.ts';
import { enrollmentCompleted } from '#features/progress/events.ts';
import { reevaluateCourseJob, reevaluateEnrollmentJob } from '#features/progress/jobs.ts';
import { identityLinked } from '#features/sso/events.ts';
import { webhookDisabled } from '#features/webhooks/events.ts';
import { fanOutJob } from '#features/webhooks/job-definitions.ts';
import { isSubscribed } from '#features/webhooks/queries/webhooks.ts';
import { systemClock } from '#platform/clock.ts';
import type { Follower, NewEvent, Reaction } from '#platform/events.ts';

/** Which jobs follow which event. The one list. */
export const reactions: readonly Reaction[] = [
  { event: userRegistered, job: welcomeJob, when: isWelcomed },
  { event: lessonChanged, job: reevaluateCourseJob },
  { event: enrollmentResumed, job: reevaluateEnrollmentJob },
  { event: enrollmentCompleted, job: issueCertificateJob },
  { event: certificateIssued, job: notifyJob, isGivenId: true },
  { event: certificateRevoked, job: notifyJob, isGivenId: true },
  { event: webhookDisabled, job: notifyJob, isGivenId: true },
  // Of what people do themselves they see the outcome at once.
  { event: enrollmentCreated, job: notifyJob, isGivenId: true, when: isByAnother },
  { event: quizGraded, job: notifyJob, isGivenId: true, when: isByAnother },
  { event: userRegistered, job: welcomeMailJob, when: (each) => isWelcomed(each) && isRecent(each) },
  { event: verificationRequested, job: verificationMailJob },
  { event: passwordResetRequested, job: passwordResetMailJob },
  { event: invitationIssued, job: invitationMailJob },
  { event: passwordChanged, job: passwordChangedMailJob },
  { event: emailChangeRequested, job: emailChangeMailJob },
  { event: emailChanged, job: emailChangedMailJob },
  { event: apiKeyCreated, job: apiKeyMailJob, when: isRecent },
  { event: apiKeyRotated, job: apiKeyRotatedMailJob },
  { event: identityLinked, job: identityMailJob },
  { event: factorsChanged, job: factorsMailJob },
  { event: factorRefused, job: factorRefusedMailJob },
  { event: registerRepeated, job: accountExistsMailJob },
  { event: userSuspended, job: suspensionMailJob },
  { event: suspensionEnded, job: suspensionEndedMailJob },
  { event: userImpersonated, job: impersonationMailJob },
  { event: dataExportReady, job: dataExportMailJob },
  { event: erasureRequested, job: erasureMailJob },
  { event: enrollmentCreated, job: enrollmentMailJob, when: isRecent },
  { event: certificateIssued, job: completionMailJob, when: isRecent },
  { event: certificateRevoked, job: revocationMailJob, when: isRecent },
  { event: quizGraded, job: gradeMailJob, when: (each) => isByAnother(each) && isRecent(each) },
  { event: webhookDisabled, job: webhookMailJob },
];

// The demo academy is loaded with its history, of which nobody needs to be told.
function isRecent({ at }: NewEvent): boolean {
  return isNews(at, systemClock.now());
}

// The invited get another mail, and who comes by a file none: the institution says when they are to hear of it.
function isWelcomed({ data }: NewEvent): boolean {
  return (data as { origin?: string }).origin === undefined;
}

function isByAnother({ actorId, data }: NewEvent): boolean {
  return actorId !== (data as { userId?: string }).userId;
}

/** What follows every public event that somebody outside wants to hear of. */
export const follower: Follower = { job: fanOutJob, isWanted: isSubscribed };
