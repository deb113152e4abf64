import type { Db } from '#platform/db/database.ts';
import { findPeople } from '../queries/people.ts';

export type Recipient = {
  id: string;
  email: string | null;
  name: string;
  locale: string;
  status: 'active' | 'deactivated';
  isEmailVerified: boolean;
};

/** These people, for features that write to them; in no order, without those who are not there. One statement. */
export async function findRecipients(db: Db, userIds: readonly string[]): Promise<Recipient[]> {
  if (userIds.length === 0) return [];
  const rows = await findPeople(db, userIds);
  return rows.map(({ id, email, name, locale, status, email_verified_at: verifiedAt }) => ({
    id,
    email,
    name,
    locale,
    status,
    isEmailVerified: verifiedAt !== null,
  }));
}
