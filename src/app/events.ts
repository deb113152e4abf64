import { issueCertificateJob } from '#features/certificates/job-definitions.ts';
import { lessonChanged } from '#features/courses/events.ts';
import { enrollmentResumed } from '#features/enrollments/events.ts';
import { userRegistered } from '#features/identity/events.ts';
import { welcomeJob } from '#features/identity/job-definitions.ts';
import { enrollmentCompleted } from '#features/progress/events.ts';
import { reevaluateCourseJob, reevaluateEnrollmentJob } from '#features/progress/jobs.ts';
import type { Reaction } from '#platform/events.ts';

/** Which jobs follow which event. The one list. */
export const reactions: readonly Reaction[] = [
  { event: userRegistered, job: welcomeJob },
  { event: lessonChanged, job: reevaluateCourseJob },
  { event: enrollmentResumed, job: reevaluateEnrollmentJob },
  { event: enrollmentCompleted, job: issueCertificateJob },
];
