import { permissionsOf, type Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { invalid } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { userRegistered } from '../events.ts';
import { beginInvitationJob } from '../job-definitions.ts';
import { refusalOfGiving } from '../policy.ts';
import { insertUser, type UserRow } from '../queries/people.ts';
import type { NewUserInput } from '../schemas.ts';
import { checkPassword, newUserOf } from './new-user.ts';

/**
 * Makes an account of any role; for admins, and with no actor for the command line: they vouch for its address. Without
 * a password its owner chooses one by a reset, or by
 * the invitation that `invite` asks for. 403 `permission_not_held`, 409 `email_taken`, 400 for a weak password.
 */
export async function createUser(deps: Deps, actor: Actor | null, input: NewUserInput): Promise<UserRow> {
  const refusal = actor && refusalOfGiving(actor, permissionsOf(input));
  if (refusal) throw refusal;
  if (input.password !== undefined) await checkPassword(deps, input.password, input);
  const passwordHash = input.password === undefined ? null : await deps.passwords.hash(input.password);
  checkInvitation(input);
  const isInvited = input.invite === true;
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const user = await insertUser(tx, {
      ...newUserOf({
        ...input,
        id: newId(),
        passwordHash,
        isVouchedFor: true,
        // Whoever has the command line has every account as it is.
        chosenBy: actor?.userId,
        now,
      }),
      invited_at: isInvited ? now : null,
    });
    const data = { userId: user.id, ...(isInvited && { origin: 'invitation' as const }) };
    await deps.events.publish(tx, fact(userRegistered, actor?.userId ?? null, now, data));
    if (isInvited) await deps.jobs.enqueue(tx, beginInvitationJob, { userId: user.id, tokenId: newId() });
    await deps.audit.record(tx, {
      action: 'user.created',
      targetId: user.id,
      after: { role: user.role, email: user.email, ...(isInvited && { isInvited }) },
    });
    return user;
  });
}

function checkInvitation({ invite, email, password }: NewUserInput): void {
  if (!invite) return;
  const path = password === undefined ? '/email' : '/password';
  if (password === undefined && email != null) return;
  const message = 'Who is invited has an address and chooses the password.';
  throw invalid('The body is not valid.', [{ path, code: 'invitation_not_possible', message }]);
}
