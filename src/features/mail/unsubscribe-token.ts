import { notificationKinds, type NotificationKind } from '#features/notifications/policy.ts';
import type { Encryption } from '#platform/crypto.ts';
import { isUuid } from '#platform/ids.ts';

const context = 'mail.unsubscribe';
const shape = /^[\w-]{60,200}$/;

/** Whose mails of which kind are to stop. Sealed, so that it is neither guessed nor read, and stored nowhere. */
export function makeUnsubscribeToken(
  encryption: Encryption,
  { userId, kind }: { userId: string; kind: NotificationKind },
): string {
  return encryption.encrypt(`${userId} ${kind}`, context).toString('base64url');
}

/** What a token says; undefined for one that we did not make. It holds as long as the key that sealed it is set. */
export function openUnsubscribeToken(
  encryption: Encryption,
  token: string,
): { userId: string; kind: NotificationKind } | undefined {
  if (!shape.test(token)) return undefined;
  const [userId = '', name] = openSealed(encryption, token).split(' ');
  const kind = notificationKinds.find((each) => each === name);
  return kind !== undefined && isUuid(userId) ? { userId, kind } : undefined;
}

function openSealed(encryption: Encryption, token: string): string {
  try {
    return encryption.decrypt(Buffer.from(token, 'base64url'), context);
  } catch {
    return '';
  }
}
