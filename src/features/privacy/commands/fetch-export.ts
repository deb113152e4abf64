import type { Person } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, gone, notFound, unauthenticated } from '#platform/errors.ts';
import { findExport, findHeld, type ExportRow } from '../queries/data-exports.ts';
import { statusOfExport } from '../present.ts';

/** Long enough to go on with a large archive after a connection broke. */
const linkMs = 3_600_000;

export type Link = { url: string; expiresAt: Date };

/**
 * An address from which the archive is read without an access token: for an hour, and no longer than the session in which it is
 * asked for. 404, 409 `data_export_not_ready`, 410 `data_export_expired`.
 */
export async function makeLink(deps: Deps, person: Person, id: string): Promise<Link> {
  const { userId, sessionId } = person;
  const row = await getExport(deps, userId, id);
  const now = deps.clock.now();
  const status = statusOfExport(row, now);
  if (status === 'expired')
    throw gone('data_export_expired', 'The archive was removed. Ask for a new export.');
  if (status !== 'ready') throw conflict('data_export_not_ready', `There is no archive; it is ${status}.`);
  const expiresAt = new Date(Math.min(now.getTime() + linkMs, row.expires_at?.getTime() ?? 0));
  const ticket = deps.fileTickets.issue({ purpose: 'export', id, holderId: sessionId }, expiresAt);
  await inTransaction(deps.db, (tx) =>
    deps.audit.record(tx, { action: 'data_export.linked', targetId: id, personId: userId }),
  );
  const { publicUrl, apiV1Prefix } = deps.config;
  return { url: `${publicUrl}${apiV1Prefix}/data-exports/${id}/content?ticket=${ticket}`, expiresAt };
}

/** The person's own. 404 for others'. */
export async function getExport(deps: Deps, userId: string, id: string): Promise<ExportRow> {
  const row = await findExport(deps.db, id, userId);
  if (!row) throw notFound('Data export');
  return row;
}

export type HeldArchive = {
  storeKey: string;
  sizeBytes: number;
  sha256: Buffer;
  requestedAt: Date;
  userId: string;
  sessionId: string;
};

/**
 * The archive to which an address leads. 401 where the address expired or is none, and where the session in which it was asked for
 * has ended, with the person signed out, deactivated or erased.
 */
export async function openArchive(deps: Deps, id: string, ticket: string): Promise<HeldArchive> {
  const now = deps.clock.now();
  const checked = deps.fileTickets.check(ticket, { purpose: 'export', id }, now);
  const row = checked && (await findHeld(deps.db, id, { sessionId: checked.holderId, now }));
  const { store_key: storeKey, size_bytes: sizeBytes, sha256 } = row ?? {};
  if (!checked || !row || storeKey == null || sizeBytes == null || sha256 == null)
    throw unauthenticated('This address has expired. Ask for another one.');
  const { requested_at: requestedAt, user_id: userId } = row;
  return { storeKey, sizeBytes, sha256, requestedAt, userId, sessionId: checked.holderId };
}

/** Keeps that somebody began to read the archive. */
export async function noteDownload(
  deps: Deps,
  id: string,
  { userId, sessionId }: HeldArchive,
): Promise<void> {
  const by = { userId, sessionId };
  await inTransaction(deps.db, (tx) =>
    deps.audit.record(tx, { action: 'data_export.downloaded', by, targetId: id, personId: userId }),
  );
}
