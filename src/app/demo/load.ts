import { allowsDemoData } from '#platform/config/config.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { demoPassword } from './accounts.ts';
import { demoAcademy } from './content/academy.ts';
import { authoring } from './courses.ts';
import { learning } from './learning.ts';
import { joining } from './people.ts';
import { isEmpty, takeLoadLock } from './queries.ts';
import { createCalendar, createLoadClock, play, type Step } from './timeline.ts';
import { made, type World } from './world.ts';

/** `busy`: another process is loading it at this moment. */
export type LoadOutcome = 'loaded' | 'notEmpty' | 'notAllowed' | 'busy';
export type LoadOptions = {
  /** Called before each step; what it throws ends the load. */
  onStep?: ((index: number) => void) | undefined;
};

/**
 * Loads the demo academy into a database without people, by the commands that the API calls, at times counted back
 * from the present. All of it is one transaction: a load that does not come to its end, for whatever reason, leaves
 * nothing, and the next one begins anew.
 */
export async function loadDemoAcademy(deps: Deps, { onStep }: LoadOptions = {}): Promise<LoadOutcome> {
  if (!allowsDemoData(deps.config)) return 'notAllowed';
  if (!(await isEmpty(deps.db))) return 'notEmpty';
  const passwordHash = await deps.passwords.hash(demoPassword);
  return deps.db.transaction().execute(async (tx) => {
    if (!(await takeLoadLock(tx))) return 'busy';
    // Whoever had the lock before may have loaded it meanwhile.
    if (!(await isEmpty(tx))) return 'notEmpty';
    await playAcademy(deps, tx, passwordHash, onStep);
    return 'loaded';
  });
}

/** Has it all happen, in this transaction. */
export async function playAcademy(
  deps: Deps,
  tx: Tx,
  passwordHash: string,
  onStep?: LoadOptions['onStep'],
): Promise<void> {
  const base = deps.clock.now();
  const clock = createLoadClock(base);
  const world: World = {
    // Commands that ask for a transaction of their own work in this one.
    deps: { ...deps, db: tx, clock },
    calendar: createCalendar(base),
    people: new Map(),
    courses: new Map(),
    enrollments: new Map(),
    questions: new Map(),
  };
  await play(clock, stepsOf(world, tx, passwordHash), onStep);
}

function stepsOf(world: World, tx: Tx, passwordHash: string): Step[] {
  const { people, courses, enrollments } = demoAcademy;
  const byKey = new Map(courses.map((course) => [course.key, course]));
  return [
    ...joining(world, tx, people, passwordHash),
    ...courses.flatMap((course) => authoring(world, course)),
    ...enrollments.flatMap((enrollment) => learning(world, made(byKey, enrollment.course), enrollment)),
  ];
}
