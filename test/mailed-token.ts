import { beginInvitation } from '#features/identity/commands/begin-invitation.ts';
import { beginPasswordReset } from '#features/identity/commands/begin-password-reset.ts';
import { beginVerification } from '#features/identity/commands/begin-verification.ts';
import { findEmailChangeLinks } from '#features/identity/commands/email-change-token.ts';
import { findEmailToken } from '#features/identity/commands/find-email-token.ts';
import { runSql } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import type { TestServer } from './server.ts';

/** A token as it would be mailed: to this person, or to a student who registers for it. */
export async function mailedToken(
  server: TestServer,
  purpose: 'verification' | 'passwordReset' | 'invitation',
  userId?: string,
): Promise<string> {
  const { deps } = server.open;
  const ids = { userId: userId ?? (await server.registerStudent()).id, tokenId: newId() };
  if (purpose === 'verification') await beginVerification(deps, { ...ids, reason: 'requested' });
  else if (purpose === 'invitation') await beginInvitation(deps, ids);
  else await beginPasswordReset(deps, ids);
  const found = await findEmailToken(deps, ids.tokenId);
  if (!found) throw new Error(`there is no ${purpose} token to be mailed`);
  return found.token;
}

/** What is mailed to the new and the old address of a student who registers, and asks for another address. */
export async function mailedChange(server: TestServer): Promise<{ confirmToken: string; undoToken: string }> {
  const person = await server.registerStudent();
  await server.post('/me/email-changes', { email: `another-${person.email}` }, person.token);
  return linksOfChange(server, person.id);
}

/** The same of the change that this person asked for. */
export async function linksOfChange(
  server: TestServer,
  userId: string,
): Promise<{ confirmToken: string; undoToken: string }> {
  const [change] = await runSql<{ id: string }>(
    server.open.deps.db,
    'select id from email_change where user_id = $1',
    [userId],
  );
  const { confirmToken, undoToken } = (await findEmailChangeLinks(server.open.deps, change?.id ?? '')) ?? {};
  if (confirmToken == null || undoToken == null) throw new Error('there is no change to be mailed of');
  return { confirmToken, undoToken };
}

export type Announced = { type: string; data: Record<string, string> };

/** What was announced of a person's account when all jobs are done, in order, but that they registered. */
export async function announcedOf(server: TestServer, userId: string): Promise<Announced[]> {
  await server.runJobs();
  return runSql<Announced>(
    server.open.deps.db,
    `select type, data from event where data ->> 'userId' = $1 and type like 'user.%' and type <> 'user.registered'
     order by sequence`,
    [userId],
  );
}
