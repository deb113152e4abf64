import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import type { DemoQuestion } from './content/types.ts';
import type { Calendar } from './timeline.ts';

export type MadeLesson = { id: string; quizId?: string };
export type MadeCourse = { id: string; lessons: Map<string, MadeLesson> };

/** What the load has made so far, by the keys of the content, and what it makes it with. */
export type World = {
  deps: Deps;
  calendar: Calendar;
  people: Map<string, Actor>;
  courses: Map<string, MadeCourse>;
  /** Ids by student and course. */
  enrollments: Map<string, string>;
  /** What a question of the database was written as, by its id. */
  questions: Map<string, DemoQuestion>;
};

/** Throws for what is not there yet: the content then has it happen before its cause. */
export function made<T>(things: ReadonlyMap<string, T>, key: string): T {
  const thing = things.get(key);
  if (thing === undefined) throw new Error(`The demo academy needs ${key} before it was made.`);
  return thing;
}
