import { createUser } from '#features/identity/commands/create-user.ts';
import { updateUser } from '#features/identity/queries/people.ts';
import type { Tx } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import type { DemoPerson } from './content/types.ts';
import { hours, type Step } from './timeline.ts';
import type { World } from './world.ts';

/**
 * Everybody joins. They are made without a password and share one hash, since making a hash of it for each would take
 * a second.
 */
export function joining(world: World, tx: Tx, people: readonly DemoPerson[], passwordHash: string): Step[] {
  const { deps } = world;
  return people.map(({ joinedDaysAgo, ...person }) => ({
    at: world.calendar(joinedDaysAgo, hours.join, person.email),
    async run() {
      const user = await createUser(deps, null, person);
      await updateUser(tx, user.id, { password_hash: passwordHash }, deps.clock.now());
      world.people.set(person.email, { userId: user.id, sessionId: newId(), role: person.role });
    },
  }));
}
