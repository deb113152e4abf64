import type { Person } from '#platform/auth/actor.ts';
import { hashToken, newToken } from '#platform/crypto.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated } from '#platform/errors.ts';
import { insertTicket, takeTicket } from '../queries/tickets.ts';

const lifetimeMs = 30_000;
const ticketPattern = /^[\w-]{43}$/;

/**
 * Stands for the caller's session once, within 30 s, on any node: for clients that can send no header. An access token
 * would stay in the logs of every proxy on the way.
 */
export async function makeTicket(deps: Deps, person: Person): Promise<{ ticket: string; expiresAt: Date }> {
  const ticket = newToken();
  const expiresAt = new Date(deps.clock.now().getTime() + lifetimeMs);
  await insertTicket(deps.db, { hash: hashToken(ticket), sessionId: person.sessionId, expiresAt });
  return { ticket, expiresAt };
}

/** The person whose ticket it is. Uses it up, whatever comes of it. 401. */
export async function redeemTicket(deps: Deps, ticket: string): Promise<Person> {
  // What is no ticket of ours is not asked for.
  const actor =
    ticketPattern.test(ticket) && (await takeTicket(deps.db, hashToken(ticket), deps.clock.now()));
  if (!actor) throw unauthenticated('The ticket is unknown, used or expired. Make another.');
  return actor;
}
