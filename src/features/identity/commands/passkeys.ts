import type { Person } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, conflict, notFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { openChallenge } from '../passkey-challenge.ts';
import {
  deletePasskey,
  insertPasskey,
  listPasskeys,
  renamePasskey,
  spendChallenge,
  type PasskeyRow,
} from '../queries/passkeys.ts';
import { maxPasskeys, type NewPasskeyInput, type RegistrationInput } from '../schemas/passkeys.ts';
import { verifyRegistration } from '../webauthn.ts';
import { changeFactors } from './change-factors.ts';
import { requireWayLeft, type HasLink } from './require-way-left.ts';

/** 400 `factor_refused` for an answer that is wrong, 409 `passkey_known`, 409 `passkeys_full`. */
export async function addPasskey(deps: Deps, actor: Person, input: NewPasskeyInput): Promise<PasskeyRow> {
  const { userId } = actor;
  return changeFactors(deps, actor, async (tx, now) => {
    const made = await answered(deps, tx, actor, input.credential);
    if (!made) return new AppError(400, 'factor_refused', 'The answer of the passkey is wrong.');
    const others = await listPasskeys(tx, userId);
    if (others.length >= maxPasskeys) {
      return conflict('passkeys_full', `At most ${maxPasskeys} passkeys a person. Delete one first.`);
    }
    const result = await insertPasskey(tx, {
      id: newId(),
      user_id: userId,
      credential_id: made.credentialId,
      public_key: made.publicKey,
      sign_count: made.signCount,
      transports: made.transports,
      is_backed_up: made.isBackedUp,
      name: input.name?.trim() ?? `Passkey ${others.length + 1}`,
      created_at: now,
    });
    if (!result) return conflict('passkey_known', 'This passkey is registered already.');
    return { change: 'passkeyAdded', result, shown: 'passkey' };
  });
}

/** 404. */
export async function renameOwnPasskey(
  deps: Deps,
  { userId }: Person,
  id: string,
  name: string,
): Promise<PasskeyRow> {
  const row = await renamePasskey(deps.db, { id, userId, name: name.trim() });
  if (!row) throw notFound('Passkey');
  return row;
}

/** 404, 409 `last_sign_in_way`. */
export async function removePasskey(deps: Deps, actor: Person, id: string, hasLink: HasLink): Promise<void> {
  const { userId } = actor;
  return changeFactors(deps, actor, async (tx) => {
    if (!(await deletePasskey(tx, { id, userId }))) throw notFound('Passkey');
    await requireWayLeft(tx, userId, hasLink);
    return { change: 'passkeyRemoved', result: undefined };
  });
}

/** What the authenticator made for a challenge of this session, which is used up by it. */
async function answered(deps: Deps, tx: Tx, { sessionId }: Person, answer: RegistrationInput) {
  const use = { purpose: 'registration', sessionId } as const;
  let opened: ReturnType<typeof openChallenge>;
  const made = await verifyRegistration(deps.config, answer, (challenge) => {
    opened = openChallenge(deps.encryption, challenge, use, deps.clock.now());
    return opened !== undefined;
  });
  return made && opened && (await spendChallenge(tx, opened)) ? made : undefined;
}
