import type { Tx } from '#platform/db/database.ts';
import { countOtherAdmins, lockUser } from '../queries/people.ts';
import { standingOf } from '../standing.ts';

/** The person as they are, locked until the transaction ends, and how many active admins there are besides. */
export async function holdPerson(tx: Tx, id: string) {
  // Before the person's own row, so that all changes of admins lock in one order.
  const otherAdmins = await countOtherAdmins(tx, id);
  const person = await lockUser(tx, id);
  return person && { person: { ...person, standing: standingOf(person) }, otherAdmins };
}
