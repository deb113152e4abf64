import { createHash } from 'node:crypto';
import { canonical, type Json } from './canonical.ts';

/** The hash before the first entry. */
export const beginningHash = Buffer.alloc(32);

/** What the chain covers of an entry: all of its row but the personal part, for which its digest stands. */
export type SealedRow = {
  id: string;
  at: Date;
  action: string;
  outcome: string;
  actor_kind: string;
  actor_id: string | null;
  api_key_id: string | null;
  impersonator_id: string | null;
  session_id: string | null;
  request_id: string | null;
  target_kind: string;
  target_id: string | null;
  person_id: string | null;
  course_id: string | null;
  details_digest: Buffer | null;
};

/** SHA-256 of the hash before it and the entry's content. */
export function sealHash(previous: Buffer, row: SealedRow): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(canonical(contentOf(row)))
    .digest();
}

/** SHA-256 of the salt and the personal part: without the salt, whose it was cannot be guessed from it. */
export function detailsDigest(salt: Buffer, details: Json): Buffer {
  return createHash('sha256').update(salt).update(canonical(details)).digest();
}

// What is null is left out, so that a column that comes later changes no hash of now.
function contentOf(row: SealedRow): Json {
  return {
    id: row.id,
    at: row.at.toISOString(),
    action: row.action,
    outcome: row.outcome,
    actorKind: row.actor_kind,
    actorId: row.actor_id ?? undefined,
    apiKeyId: row.api_key_id ?? undefined,
    impersonatorId: row.impersonator_id ?? undefined,
    sessionId: row.session_id ?? undefined,
    requestId: row.request_id ?? undefined,
    targetKind: row.target_kind,
    targetId: row.target_id ?? undefined,
    personId: row.person_id ?? undefined,
    courseId: row.course_id ?? undefined,
    detailsDigest: row.details_digest?.toString('hex'),
  };
}
