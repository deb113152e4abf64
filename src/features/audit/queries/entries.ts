import { sql } from 'kysely';
import {
  auditActionNames,
  auditActions,
  type AuditAction,
  type TargetKind,
} from '#platform/audit/actions.ts';
import type { Json } from '#platform/audit/canonical.ts';
import type { Db } from '#platform/db/database.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';

/** Which entries are wanted: of all of these, where several are given. */
export type EntryFilters = {
  actorId?: string | undefined;
  /** Who acted as the actor. */
  impersonatorId?: string | undefined;
  apiKeyId?: string | undefined;
  /** In which it was done. */
  sessionId?: string | undefined;
  requestId?: string | undefined;
  /** From where. Of entries whose personal part was erased it is not known. */
  address?: string | undefined;
  personId?: string | undefined;
  targetKind?: TargetKind | undefined;
  targetId?: string | undefined;
  courseId?: string | undefined;
  action?: readonly AuditAction[] | undefined;
  outcome?: 'done' | 'refused' | undefined;
  /** From this time on. */
  from?: Date | undefined;
  /** Before this time. */
  to?: Date | undefined;
};

export type Details = {
  address?: string;
  userAgent?: string;
  before?: Record<string, Json>;
  after?: Record<string, Json>;
};
export type EntryRow = Awaited<ReturnType<ReturnType<typeof selectEntries>['execute']>>[number];

export async function listEntries(
  db: Db,
  filters: EntryFilters,
  page: Omit<PageRequest, 'filters'>,
  withTotal = false,
) {
  const keys = { at: { by: sql.ref('audit_entry.at'), type: 'timestamptz' } } as const;
  const query = filtered(selectEntries(db), filters);
  const rows = await fetchPage(query, keys, sql.ref('audit_entry.id'), { ...page, filters });
  return { ...rows, total: withTotal ? await countCapped(db, query) : undefined };
}

export function findEntry(db: Db, id: string): Promise<EntryRow | undefined> {
  return selectEntries(db).where('audit_entry.id', '=', id).executeTakeFirst();
}

/** Entries with the names of now of those who are in them, and their place in the chain. */
function selectEntries(db: Db) {
  return db
    .selectFrom('audit_entry')
    .leftJoin('app_user as actor', 'actor.id', 'audit_entry.actor_id')
    .leftJoin('scim_connection as directory', 'directory.id', 'audit_entry.actor_id')
    .leftJoin('app_user as person', 'person.id', 'audit_entry.person_id')
    .leftJoin('audit_seal', 'audit_seal.entry_id', 'audit_entry.id')
    .select((eb) => [
      'audit_entry.id',
      'audit_entry.at',
      'audit_entry.action',
      'audit_entry.outcome',
      'audit_entry.actor_kind',
      'audit_entry.actor_id',
      'audit_entry.api_key_id',
      'audit_entry.impersonator_id',
      'audit_entry.session_id',
      'audit_entry.request_id',
      'audit_entry.target_kind',
      'audit_entry.target_id',
      'audit_entry.person_id',
      'audit_entry.course_id',
      eb.ref('audit_entry.details').$castTo<Details | null>().as('details'),
      'audit_entry.erased_by',
      eb.fn.coalesce('actor.name', 'directory.name').as('actor_name'),
      'person.name as person_name',
      'audit_seal.position',
    ]);
}

function filtered(query: ReturnType<typeof selectEntries>, filters: EntryFilters) {
  const { actorId, impersonatorId, personId, targetId, courseId, outcome, from, to } = filters;
  const actions = wantedActions(filters);
  let wanted = fromWhere(query, filters);
  if (actorId !== undefined) wanted = wanted.where('audit_entry.actor_id', '=', actorId);
  if (impersonatorId !== undefined) wanted = wanted.where('audit_entry.impersonator_id', '=', impersonatorId);
  if (personId !== undefined) wanted = wanted.where('audit_entry.person_id', '=', personId);
  if (targetId !== undefined) wanted = wanted.where('audit_entry.target_id', '=', targetId);
  if (courseId !== undefined) wanted = wanted.where('audit_entry.course_id', '=', courseId);
  if (outcome !== undefined) wanted = wanted.where('audit_entry.outcome', '=', outcome);
  if (from !== undefined) wanted = wanted.where('audit_entry.at', '>=', from);
  if (to !== undefined) wanted = wanted.where('audit_entry.at', '<', to);
  if (actions) wanted = wanted.where((eb) => eb('audit_entry.action', '=', eb.fn.any(eb.val(actions))));
  return wanted;
}

/** Those that came by this request, session, key or address. */
function fromWhere(query: ReturnType<typeof selectEntries>, filters: EntryFilters) {
  const { apiKeyId, sessionId, requestId, address } = filters;
  let wanted = query;
  if (apiKeyId !== undefined) wanted = wanted.where('audit_entry.api_key_id', '=', apiKeyId);
  if (sessionId !== undefined) wanted = wanted.where('audit_entry.session_id', '=', sessionId);
  if (requestId !== undefined) wanted = wanted.where('audit_entry.request_id', '=', requestId);
  if (address !== undefined) {
    const ofEntry = sql<string>`audit_entry.details ->> 'address'`;
    wanted = wanted.where(ofEntry, '=', address.toLowerCase());
  }
  return wanted;
}

/** An action says what it is done to, so the index of actions serves the kind of the target too. */
function wantedActions({ action, targetKind }: EntryFilters): AuditAction[] | undefined {
  if (targetKind === undefined) return action && [...action];
  return (action ?? auditActionNames).filter((each) => auditActions[each] === targetKind);
}
