import { enroll } from '#features/enrollments/commands/enroll.ts';
import { reviewCourse } from '#features/enrollments/commands/review-course.ts';
import { withdraw } from '#features/enrollments/commands/withdraw.ts';
import { confirmCompletion } from '#features/progress/commands/confirm-completion.ts';
import { saveHeartbeat } from '#features/progress/commands/save-heartbeat.ts';
import { lessonsDone, lessonsOf } from './content/stages.ts';
import type { DemoCourse, DemoEnrollment, DemoLesson } from './content/types.ts';
import { actorOf, enrollmentIdOf, lessonOf, type Learner, type Turn } from './learner.ts';
import { failing, passing } from './sittings.ts';
import { fractionOf, hours, secondsBefore, type Step } from './timeline.ts';
import { made, type World } from './world.ts';

/** An enrollment from its first day to its latest, its turns spread over the time between. */
export function learning(world: World, course: DemoCourse, enrollment: DemoEnrollment): Step[] {
  const name = `${enrollment.student} in ${enrollment.course}`;
  const learner: Learner = { world, course, enrollment, name };
  const { enrolledDaysAgo, lastActiveDaysAgo } = enrollment;
  const isOneDay = enrolledDaysAgo === lastActiveDaysAgo;
  const enrolledAt = world.calendar(enrolledDaysAgo, isOneDay ? hours.enrollEarly : hours.enroll, name);
  const lastAt = world.calendar(lastActiveDaysAgo, isOneDay ? hours.lastLate : hours.last, `${name}, last`);
  const turns = turnsOf(learner);
  const spacingMs = (lastAt.getTime() - enrolledAt.getTime()) / turns.length;
  const steps = turns.flatMap((turn, index) => {
    // People learn when they find time; only the last turn is on its hour.
    const early = index === turns.length - 1 ? 0 : fractionOf(`${name} ${index}`) / 2;
    return turn(new Date(Math.floor(enrolledAt.getTime() + (index + 1 - early) * spacingMs)));
  });
  return [{ at: enrolledAt, run: () => enter(learner) }, ...steps, ...reviewing(learner, lastAt)];
}

async function enter({ world, course, enrollment, name }: Learner): Promise<void> {
  const student = made(world.people, enrollment.student);
  const isOpen = course.body.selfEnrollment === 'open';
  const actor = isOpen ? student : made(world.people, course.owner);
  const who = isOpen ? {} : { userId: student.userId };
  const { id } = made(world.courses, course.key);
  const { enrollment: row } = await enroll(world.deps, actor, id, who);
  world.enrollments.set(name, row.id);
}

function turnsOf(learner: Learner): Turn[] {
  const { course, enrollment } = learner;
  const done = lessonsDone(course, enrollment).flatMap((lesson) => completing(learner, lesson));
  switch (enrollment.stage) {
    case 'enrolled':
    case 'completed':
      return done;
    case 'started':
    case 'halfway':
      return [...done, ...beginning(learner)];
    case 'quizFailed':
    case 'awaitingGrading': {
      const lesson = lessonsOf(course).find(({ key }) => key === enrollment.quiz);
      if (lesson?.type !== 'quiz') throw new Error(`${learner.name}: ${enrollment.quiz} is no quiz.`);
      const sitting =
        enrollment.stage === 'quizFailed'
          ? failing(learner, lesson, enrollment.attempts)
          : passing(learner, lesson);
      return [...done, ...sitting];
    }
    case 'withdrawn':
      return [...done, leaving(learner, enrollment.by)];
  }
}

function completing(learner: Learner, lesson: DemoLesson): Turn[] {
  switch (lesson.type) {
    case 'text':
      return [reading(learner, lesson)];
    case 'video':
      return [watching(learner, lesson, lesson.durationSeconds ?? 0)];
    case 'quiz':
      return passing(learner, lesson);
  }
}

function reading(learner: Learner, lesson: DemoLesson): Turn {
  const of = () => ({ enrollmentId: enrollmentIdOf(learner), lessonId: lessonOf(learner, lesson.key).id });
  const seconds = 25 + 30 * fractionOf(`${learner.name} ${lesson.key}`);
  return (at) => [
    { at: secondsBefore(at, seconds), run: () => beat(learner, lesson, {}) },
    { at, run: async () => void (await confirmCompletion(learner.world.deps, actorOf(learner), of())) },
  ];
}

function watching(learner: Learner, lesson: DemoLesson, seconds: number): Turn {
  return (at) => [
    // Seconds watched are credited by the time that passed since the first heartbeat.
    { at: secondsBefore(at, seconds), run: () => beat(learner, lesson, { positionSeconds: 0 }) },
    { at, run: () => beat(learner, lesson, { positionSeconds: seconds, watched: [[0, seconds]] }) },
  ];
}

/** The next lesson, where it is no quiz, is opened and left. */
function beginning(learner: Learner): Turn[] {
  const done = lessonsDone(learner.course, learner.enrollment);
  const next = lessonsOf(learner.course)[done.length];
  if (next?.type === 'text') return [(at) => [{ at, run: () => beat(learner, next, {}) }]];
  if (next?.type === 'video') return [watching(learner, next, Math.floor((next.durationSeconds ?? 0) * 0.4))];
  return [];
}

async function beat(
  learner: Learner,
  lesson: DemoLesson,
  heartbeat: { positionSeconds?: number; watched?: [number, number][] },
): Promise<void> {
  const of = { enrollmentId: enrollmentIdOf(learner), lessonId: lessonOf(learner, lesson.key).id };
  await saveHeartbeat(learner.world.deps, actorOf(learner), of, heartbeat);
}

function leaving(learner: Learner, by: 'learner' | 'staff'): Turn {
  const { world, course } = learner;
  const actor = () => (by === 'learner' ? actorOf(learner) : made(world.people, course.owner));
  return (at) => [{ at, run: () => withdraw(world.deps, actor(), enrollmentIdOf(learner)) }];
}

function reviewing(learner: Learner, lastAt: Date): Step[] {
  const { review } = learner.enrollment;
  if (!review) return [];
  const run = async () =>
    void (await reviewCourse(learner.world.deps, actorOf(learner), enrollmentIdOf(learner), review));
  return [{ at: secondsBefore(lastAt, -1_200), run }];
}
