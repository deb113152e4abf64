import type { actorKinds, AuditAction, TargetKind } from '#platform/audit/actions.ts';
import type { EntryRow } from './queries/entries.ts';

export type PresentedEntry = ReturnType<typeof presentEntry>;

export function presentEntry(row: EntryRow) {
  const { details } = row;
  return {
    id: row.id,
    at: row.at.toISOString(),
    action: row.action as AuditAction,
    outcome: row.outcome as 'done' | 'refused',
    actor: {
      kind: row.actor_kind as (typeof actorKinds)[number],
      id: row.actor_id,
      name: row.actor_name,
    },
    apiKeyId: row.api_key_id,
    impersonatorId: row.impersonator_id,
    sessionId: row.session_id,
    requestId: row.request_id,
    address: details?.address ?? null,
    userAgent: details?.userAgent ?? null,
    target: { kind: row.target_kind as TargetKind, id: row.target_id },
    person: row.person_id === null ? null : { id: row.person_id, name: row.person_name },
    courseId: row.course_id,
    before: details?.before ?? null,
    after: details?.after ?? null,
    areDetailsErased: row.erased_by !== null,
    position: row.position,
  };
}
