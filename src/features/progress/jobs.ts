import { enrollmentResumed } from '#features/enrollments/events.ts';
import type { Deps } from '#platform/deps.ts';
import { id, object, oneOf } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { reevaluateCourse, reevaluateEnrollment } from './commands/reevaluate.ts';

/** Follows `lesson.changed`: which lessons count has changed. */
export const reevaluateCourseJob = defineJob({
  name: 'progress.reevaluate-course',
  queue: 'progress',
  payload: object({
    courseId: id,
    lessonId: id,
    change: oneOf(['ready', 'unready', 'deleted', 'moved', 'requirement']),
  }),
});

/** Follows `enrollment.resumed`: what was missing may have been done or dropped meanwhile. */
export const reevaluateEnrollmentJob = defineJob({
  name: 'progress.reevaluate-enrollment',
  queue: 'progress',
  payload: enrollmentResumed.data,
});

export const progressJobs = [
  job<Deps, typeof reevaluateCourseJob.payload>(reevaluateCourseJob, async (deps, { courseId }) => {
    const completedCount = await reevaluateCourse(deps, courseId);
    deps.log.info({ courseId, completedCount }, 'counted the enrollments of a changed course anew');
  }),
  job<Deps, typeof reevaluateEnrollmentJob.payload>(reevaluateEnrollmentJob, (deps, { enrollmentId }) =>
    reevaluateEnrollment(deps, enrollmentId),
  ),
];
