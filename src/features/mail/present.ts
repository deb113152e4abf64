import type { MailKind } from './kinds.ts';
import type { ListedMail } from './queries/reading.ts';

/** A mail as admins see it: to whom, and what became of it; not what it says. */
export function presentMail(row: ListedMail) {
  return {
    id: row.id,
    kind: row.kind as MailKind,
    state: row.state,
    error: row.error,
    attempts: row.attempts,
    messageId: row.message_id,
    user: { id: row.user_id, name: row.name, email: row.email },
    isAddressBlocked: row.is_address_blocked,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
  };
}
