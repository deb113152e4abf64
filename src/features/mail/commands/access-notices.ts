import { findOwnerOfWanted, listUndoableChanges } from '#features/identity/commands/email-change-token.ts';
import type { Deps } from '#platform/deps.ts';
import { queueMails, type NewMail } from './queue-mails.ts';

const kind = 'accountAccess';

type OfChange = { userId: string; changeId: string };

/** To the old address, and to the new one or, where it has an account, to whose it is: at most one a day. */
export async function mailEmailChange(deps: Deps, { userId, changeId }: OfChange): Promise<void> {
  const ownerId = await findOwnerOfWanted(deps, changeId);
  const wanted = deps.clock.now().toISOString().slice(0, 10);
  await queueMails(deps, [
    notice(userId, `${changeId} asked`, { what: 'asked', changeId, to: 'old' }),
    ownerId === undefined
      ? notice(userId, `${changeId} confirm`, { what: 'confirm', changeId, to: 'new' })
      : notice(ownerId, `${wanted} wanted`, { what: 'wanted' }),
  ]);
}

/** To the old address. */
export async function mailEmailChanged(deps: Deps, { userId, changeId }: OfChange): Promise<void> {
  await queueMails(deps, [notice(userId, `${changeId} changed`, { what: 'changed', changeId, to: 'old' })]);
}

function notice(userId: string, cause: string, params: NewMail['params']): NewMail {
  return { userId, kind: 'emailChange', cause, params };
}

export async function mailApiKeyCreated(
  deps: Deps,
  { userId, keyId }: { userId: string; keyId: string },
): Promise<void> {
  const params = { what: 'apiKeyCreated', keyId };
  await noticeWithOld(deps, { userId, kind, cause: keyId, params });
}

/** Each time; `cause`: the same for each run of the job that follows the event. */
export async function mailApiKeyRotated(
  deps: Deps,
  { userId, keyId }: { userId: string; keyId: string },
  cause: string,
): Promise<void> {
  const params = { what: 'apiKeyRotated', keyId };
  await noticeWithOld(deps, { userId, kind, cause, params });
}

/** Where the account was there before: whose was made for it knows. */
export async function mailIdentityLinked(
  deps: Deps,
  linked: { userId: string; identityId: string; providerId: string; isNewAccount: boolean },
): Promise<void> {
  if (linked.isNewAccount) return;
  const { userId, identityId: cause, providerId } = linked;
  const params = { what: 'identityLinked', providerId };
  await noticeWithOld(deps, { userId, kind, cause, params });
}

export async function mailErasure(
  deps: Deps,
  { userId, erasureId }: { userId: string; erasureId: string },
): Promise<void> {
  const params = { what: 'erasureRequested', erasureId };
  await noticeWithOld(deps, { userId, kind, cause: erasureId, params });
}

/**
 * To the person; and to an address that was theirs, as long as whoever reads it can say that its change was not them: what
 * opens or ends the account may be the doing of whoever changed it.
 */
export async function noticeWithOld(deps: Deps, { userId, kind, cause, params }: NewMail): Promise<void> {
  const changeIds = await listUndoableChanges(deps, userId);
  const toOld = changeIds.map((changeId) => ({
    cause: `${cause} ${changeId}`,
    params: { ...params, changeId, to: 'old' },
  }));
  await queueMails(
    deps,
    [{ cause, params }, ...toOld].map((each) => ({ ...each, userId, kind })),
  );
}
