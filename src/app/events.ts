import { quizGraded } from '#features/assessments/events.ts';
import { certificateIssued, certificateRevoked } from '#features/certificates/events.ts';
import { issueCertificateJob } from '#features/certificates/job-definitions.ts';
import { lessonChanged } from '#features/courses/events.ts';
import { enrollmentCreated, enrollmentResumed } from '#features/enrollments/events.ts';
import {
  passwordChanged,
  passwordResetRequested,
  registerRepeated,
  userRegistered,
  verificationRequested,
} from '#features/identity/events.ts';
import { welcomeJob } from '#features/identity/job-definitions.ts';
import {
  accountExistsMailJob,
  completionMailJob,
  enrollmentMailJob,
  gradeMailJob,
  passwordChangedMailJob,
  passwordResetMailJob,
  revocationMailJob,
  verificationMailJob,
  welcomeMailJob,
} from '#features/mail/job-definitions.ts';
import { enrollmentCompleted } from '#features/progress/events.ts';
import { reevaluateCourseJob, reevaluateEnrollmentJob } from '#features/progress/jobs.ts';
import type { Reaction } from '#platform/events.ts';

/** Which jobs follow which event. The one list. */
export const reactions: readonly Reaction[] = [
  { event: userRegistered, job: welcomeJob },
  { event: lessonChanged, job: reevaluateCourseJob },
  { event: enrollmentResumed, job: reevaluateEnrollmentJob },
  { event: enrollmentCompleted, job: issueCertificateJob },
  { event: userRegistered, job: welcomeMailJob },
  { event: verificationRequested, job: verificationMailJob },
  { event: passwordResetRequested, job: passwordResetMailJob },
  { event: passwordChanged, job: passwordChangedMailJob },
  { event: registerRepeated, job: accountExistsMailJob },
  { event: enrollmentCreated, job: enrollmentMailJob },
  { event: certificateIssued, job: completionMailJob },
  { event: certificateRevoked, job: revocationMailJob },
  { event: quizGraded, job: gradeMailJob },
];
