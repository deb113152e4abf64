import type { Actor } from '#platform/auth/actor.ts';
import type { DemoCourse, DemoEnrollment } from './content/types.ts';
import type { Step } from './timeline.ts';
import { made, type MadeLesson, type World } from './world.ts';

/** One student in one course. */
export type Learner = { world: World; course: DemoCourse; enrollment: DemoEnrollment; name: string };

/** What a learner, or staff for them, does next: the steps of it, the last one at the given time. */
export type Turn = (at: Date) => Step[];

export function actorOf({ world, enrollment }: Learner): Actor {
  return made(world.people, enrollment.student);
}

export function lessonOf({ world, course }: Learner, key: string): MadeLesson {
  return made(made(world.courses, course.key).lessons, key);
}

export function enrollmentIdOf({ world, name }: Learner): string {
  return made(world.enrollments, name);
}
