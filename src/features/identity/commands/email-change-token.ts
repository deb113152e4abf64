import { timingSafeEqual } from 'node:crypto';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { idOfEmailToken, makeEmailToken, tokensOf, type ChangePurpose } from '../email-token.ts';
import {
  findEmailChange,
  listUndoable,
  lockEmailChange,
  type EmailChangeRow,
} from '../queries/email-changes.ts';
import { findUser, findUserByEmailKey, lockUser, type UserRow } from '../queries/people.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import { tokenInvalid } from './open-email-token.ts';

const dayMs = 86_400_000;
/** How long the new address can be confirmed. */
export const changeLifetimeMs = dayMs;
/** How long the old address can undo the change, from when it was asked for, and again from when it was confirmed. */
export const undoLifetimeMs = 7 * dayMs;

export type OpenChange = { change: EmailChangeRow; user: UserRow };

/** What a token of this purpose stands for, if it counts. */
export async function openChangeToken(
  deps: Deps,
  token: string,
  purpose: ChangePurpose,
): Promise<OpenChange | undefined> {
  const change = await namedBy(deps, token, purpose, (id) => findEmailChange(deps.db, id));
  const user = change && (await findUser(deps.db, change.user_id));
  return user && isOpen(change, user, purpose, deps.clock.now()) ? { change, user } : undefined;
}

/** The same; person and change stay as they are until the transaction ends. Throws 400 `email_token_invalid`. */
export async function holdChangeToken(
  deps: Deps,
  tx: Tx,
  token: string,
  purpose: ChangePurpose,
): Promise<OpenChange> {
  const found = await namedBy(deps, token, purpose, (id) => findEmailChange(tx, id));
  // The person first, as whoever asks for another change locks them.
  const user = found && (await lockUser(tx, found.user_id));
  const change = user && (await lockEmailChange(tx, found.id));
  if (!change || !isOpen(change, user, purpose, deps.clock.now())) throw tokenInvalid();
  return { change, user };
}

export type EmailChangeLinks = {
  newEmail: string | null;
  isByAdmin: boolean;
  /** For the new address; null where there is nothing (left) to confirm, or the address has an account. */
  confirmToken: string | null;
  /** For the old one. */
  undoToken: string | null;
};

/** What is mailed of a change, for those who send it. */
export async function findEmailChangeLinks(
  deps: Pick<Deps, 'db' | 'encryption' | 'clock'>,
  id: string,
): Promise<EmailChangeLinks | undefined> {
  const change = await findEmailChange(deps.db, id);
  const user = change && (await findUser(deps.db, change.user_id));
  if (!user) return undefined;
  const now = deps.clock.now();
  const isFree = (await ownerOf(deps, change)) === undefined;
  const tokenFor = (purpose: ChangePurpose) =>
    isOpen(change, user, purpose, now) ? makeEmailToken(deps.encryption, subjectOf(change, purpose)) : null;
  return {
    newEmail: change.new_email,
    isByAdmin: change.by_admin,
    confirmToken: isFree ? tokenFor('emailChange') : null,
    undoToken: tokenFor('emailChangeUndo'),
  };
}

const maxTold = 5;

/** The changes that have come and can be undone, from an address that the person does not have any more: the oldest few. */
export function listUndoableChanges({ db, clock }: Pick<Deps, 'db' | 'clock'>, userId: string) {
  return listUndoable(db, { userId, now: clock.now(), limit: maxTold });
}

/** Whose address somebody else wants to have, if it is anybody's. */
export async function findOwnerOfWanted(deps: Pick<Deps, 'db'>, id: string): Promise<string | undefined> {
  const change = await findEmailChange(deps.db, id);
  return change && ownerOf(deps, change);
}

async function ownerOf({ db }: Pick<Deps, 'db'>, change: EmailChangeRow): Promise<string | undefined> {
  const { new_email: email, user_id: userId } = change;
  const owner = email === null ? undefined : await findUserByEmailKey(db, emailKeyOf(email));
  return owner && owner.id !== userId ? owner.id : undefined;
}

async function namedBy(
  { encryption }: Pick<Deps, 'encryption'>,
  token: string,
  purpose: ChangePurpose,
  find: (id: string) => Promise<EmailChangeRow | undefined>,
): Promise<EmailChangeRow | undefined> {
  const id = idOfEmailToken(token);
  const row = id === undefined ? undefined : await find(id);
  const given = Buffer.from(token);
  const isRight =
    row &&
    tokensOf(encryption, subjectOf(row, purpose)).some((each) => timingSafeEqual(Buffer.from(each), given));
  return isRight ? row : undefined;
}

function subjectOf(change: EmailChangeRow, purpose: ChangePurpose) {
  const email = purpose === 'emailChange' ? change.new_email : change.old_email;
  return { id: change.id, purpose, email, password_hash: null };
}

function isOpen(change: EmailChangeRow, user: UserRow, purpose: ChangePurpose, now: Date): boolean {
  if (change.by_admin || change.ended_at || user.status !== 'active') return false;
  if (purpose === 'emailChangeUndo') return change.old_email !== null && change.undo_until > now;
  // Where somebody else has changed it meanwhile, theirs counts.
  return change.confirmed_at === null && change.expires_at > now && user.email === change.old_email;
}
