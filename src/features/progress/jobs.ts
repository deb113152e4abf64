import { lessonChanged } from '#features/courses/events.ts';
import { enrollmentResumed } from '#features/enrollments/events.ts';
import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { checkProgress } from './commands/check-progress.ts';
import { reevaluateCourse, reevaluateEnrollment } from './commands/reevaluate.ts';

/** Follows `lesson.changed`: which lessons count has changed. */
export const reevaluateCourseJob = defineJob({
  name: 'progress.reevaluate-course',
  queue: 'progress',
  payload: lessonChanged.data,
});

/** Follows `enrollment.resumed`: what was missing may have been done or dropped meanwhile. */
export const reevaluateEnrollmentJob = defineJob({
  name: 'progress.reevaluate-enrollment',
  queue: 'progress',
  payload: enrollmentResumed.data,
});

/** Nightly: reports where what is stored differs from what the rows say; mends nothing. */
export const nightlyCheckJob = defineJob({
  name: 'progress.nightly-check',
  queue: 'progress',
  payload: object({}),
});

export const progressJobs = [
  job<Deps, typeof reevaluateCourseJob.payload>(reevaluateCourseJob, async (deps, { courseId, change }) => {
    // Whoever rearranges a course moves many lessons at once, and none of them counts otherwise than before.
    if (change === 'moved') return;
    const completedCount = await reevaluateCourse(deps, courseId);
    deps.log.debug({ courseId, completedCount }, 'counted the enrollments of a changed course anew');
  }),
  job<Deps, typeof reevaluateEnrollmentJob.payload>(reevaluateEnrollmentJob, (deps, { enrollmentId }) =>
    reevaluateEnrollment(deps, enrollmentId),
  ),
  job<Deps, typeof nightlyCheckJob.payload>(nightlyCheckJob, async (deps) => {
    const { enrollmentCount, differenceCount } = await checkProgress(deps);
    deps.log.info({ enrollmentCount, differenceCount }, 'counted all progress anew');
  }),
];
