import { randomBytes } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import { auditActions, type AuditAction } from './actions.ts';
import { canonical, type Json } from './canonical.ts';
import { detailsDigest } from './hashes.ts';
import { insertEntries, type NewEntryRow } from './queries.ts';

/** Fields and their values. Never a password, a token or a secret: a field of such a name is refused. */
export type Facts = Readonly<Record<string, Json | undefined>>;

/** An act to record. */
export type AuditEntry = {
  action: AuditAction;
  /** `refused` where it was tried in vain. */
  outcome?: 'refused';
  /** Who, where the origin does not know: whoever signs in is nobody before. Null for nobody. */
  by?: { userId: string; sessionId?: string; impersonator?: Performer['impersonator'] } | null;
  targetId?: string | null;
  /** Whom it concerns, where the target is not that person. */
  personId?: string;
  courseId?: string;
  /** Of what changed; see `changed`. */
  before?: Facts;
  after?: Facts;
};

/** A person, by a session or by one of their API keys; or an admin who acts as them. */
type Performer = {
  userId: string;
  sessionId?: string | null;
  apiKey?: { id: string };
  impersonator?: { id: string } | null | undefined;
};

/** Whose hand an act is by. What the clock and jobs do is the system's. */
export type Origin =
  | { kind: 'system' | 'commandLine' }
  | {
      kind: 'request';
      requestId: string;
      /** Null where it is not to be kept. */
      address: string | null;
      userAgent: string | null;
      actor: Performer | null;
      /** A directory that provisions: no person. */
      provisioner?: { connectionId: string } | null;
    };

export type Audit = {
  /**
   * Keeps the acts, in the transaction in which they are done: neither is there without the other. One statement. What is
   * refused is recorded by a transaction of its own, since that of the act is undone. Throws for a field that is called
   * like a secret, which is a fault of ours. Returns the entries' ids.
   */
  record(tx: Tx, ...entries: AuditEntry[]): Promise<string[]>;
  /** The same for a refusal, outside of a transaction. */
  recordRefusal(db: Db, ...entries: Omit<AuditEntry, 'outcome'>[]): Promise<void>;
  /** The same trail for acts of this origin; see `traced`. */
  from(origin: Origin): Audit;
};

const secretName = /passw|token|secret|hash|key$/i;
const maxUserAgent = 300;

export function createAudit(clock: Clock, origin: Origin = { kind: 'system' }): Audit {
  return {
    async record(tx, ...entries) {
      if (entries.length === 0) return [];
      const now = clock.now();
      const rows = entries.map((each) => toRow(each, origin, now));
      await insertEntries(tx, rows);
      return rows.map(({ id }) => id);
    },
    async recordRefusal(db, ...entries) {
      const now = clock.now();
      const rows = entries.map((each) => toRow({ ...each, outcome: 'refused' }, origin, now));
      await insertEntries(db, rows);
    },
    from: (other) => createAudit(clock, other),
  };
}

/** The fields that differ, as they were and as they are; undefined where none does. */
export function changed(before: Facts, after: Facts): { before: Facts; after: Facts } | undefined {
  const names = Object.keys(after).filter(
    (name) => canonical(before[name] ?? null) !== canonical(after[name] ?? null),
  );
  if (names.length === 0) return undefined;
  const only = (facts: Facts) => Object.fromEntries(names.map((name) => [name, facts[name] ?? null]));
  return { before: only(before), after: only(after) };
}

function toRow(entry: AuditEntry, origin: Origin, at: Date): NewEntryRow {
  const { action, outcome = 'done', targetId = null, personId, courseId = null } = entry;
  const targetKind = auditActions[action];
  const details = detailsOf(entry, origin);
  const salt = details === undefined ? null : randomBytes(16);
  return {
    id: newId(),
    at,
    action,
    outcome,
    ...actorOf(entry, origin),
    request_id: origin.kind === 'request' ? origin.requestId : null,
    target_kind: targetKind,
    target_id: targetId,
    person_id: personId ?? (targetKind === 'user' ? targetId : null),
    course_id: courseId,
    details: details === undefined ? null : canonical(details),
    salt,
    details_digest: details === undefined || salt === null ? null : detailsDigest(salt, details),
  };
}

function actorOf({ by }: AuditEntry, origin: Origin) {
  const person: Performer | null =
    by ?? (by === undefined && origin.kind === 'request' ? origin.actor : null);
  const directory = (origin.kind === 'request' && origin.provisioner) || undefined;
  const nobody = origin.kind === 'request' ? 'anonymous' : origin.kind;
  return {
    actor_kind: person ? 'person' : directory ? 'provisioning' : nobody,
    actor_id: person?.userId ?? directory?.connectionId ?? null,
    session_id: person?.sessionId ?? null,
    api_key_id: person?.apiKey?.id ?? null,
    impersonator_id: person?.impersonator?.id ?? null,
  };
}

function detailsOf({ action, before, after }: AuditEntry, origin: Origin): Json | undefined {
  refuseSecrets(action, { ...before, ...after });
  const details = {
    ...(origin.kind === 'request' && {
      address: origin.address ?? undefined,
      userAgent: origin.userAgent?.slice(0, maxUserAgent) ?? undefined,
    }),
    ...(before && { before }),
    ...(after && { after }),
  };
  return Object.keys(details).length === 0 ? undefined : details;
}

function refuseSecrets(action: string, facts: Facts): void {
  const found = Object.keys(facts).find((name) => secretName.test(name));
  if (found !== undefined) throw new Error(`The trail takes no ${found}, which ${action} gives.`);
}
