import { issueCertificateJob } from '#features/certificates/job-definitions.ts';
import { lessonChanged } from '#features/courses/events.ts';
import { enrollmentResumed } from '#features/enrollments/events.ts';
import { userRegistered } from '#features/identity/events.ts';
import { welcomeJob } from '#features/identity/job-definitions.ts';
import { enrollmentCompleted } from '#features/progress/events.ts';
import { reevaluateCourseJob, reevaluateEnrollmentJob } from '#features/progress/jobs.ts';
import { fanOutJob } from '#features/webhooks/job-definitions.ts';
import { isSubscribed } from '#features/webhooks/queries/webhooks.ts';
import type { Follower, Reaction } from '#platform/events.ts';

/** Which jobs follow which event. The one list. */
export const reactions: readonly Reaction[] = [
  { event: userRegistered, job: welcomeJob },
  { event: lessonChanged, job: reevaluateCourseJob },
  { event: enrollmentResumed, job: reevaluateEnrollmentJob },
  { event: enrollmentCompleted, job: issueCertificateJob },
];

/** What follows every public event that somebody outside wants to hear of. */
export const follower: Follower = { job: fanOutJob, isWanted: isSubscribed };
