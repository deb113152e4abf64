import { enrollmentResumed } from '#features/enrollments/events.ts';
import { reevaluateEnrollmentJob } from '#features/progress/jobs.ts';
import type { Reaction } from '#platform/events.ts';

/** Which jobs follow which event. The one list. */
export const reactions: readonly Reaction[] = [{ event: enrollmentResumed, job: reevaluateEnrollmentJob }];
