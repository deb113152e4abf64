import { canonical } from '#platform/audit/canonical.ts';
import type { PresentedEntry } from './present.ts';

// What a table program would take for a formula, in East Asian width too: made text by an apostrophe, as OWASP advises.
const formula = /^\s*[=+\-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}]|^[\t\r\n]/u;

const columns: Readonly<
  Record<string, (entry: PresentedEntry) => string | number | boolean | null | undefined>
> = {
  id: ({ id }) => id,
  at: ({ at }) => at,
  action: ({ action }) => action,
  outcome: ({ outcome }) => outcome,
  actorKind: ({ actor }) => actor.kind,
  actorId: ({ actor }) => actor.id,
  actorName: ({ actor }) => actor.name,
  apiKeyId: ({ apiKeyId }) => apiKeyId,
  impersonatorId: ({ impersonatorId }) => impersonatorId,
  sessionId: ({ sessionId }) => sessionId,
  requestId: ({ requestId }) => requestId,
  address: ({ address }) => address,
  userAgent: ({ userAgent }) => userAgent,
  targetKind: ({ target }) => target.kind,
  targetId: ({ target }) => target.id,
  personId: ({ person }) => person?.id,
  personName: ({ person }) => person?.name,
  courseId: ({ courseId }) => courseId,
  before: ({ before }) => before && canonical(before),
  after: ({ after }) => after && canonical(after),
  areDetailsErased: ({ areDetailsErased }) => areDetailsErased,
  position: ({ position }) => position,
};

export const csvHead = lineOf(Object.keys(columns));

/** A line as RFC 4180 has it. */
export function csvLine(entry: PresentedEntry): string {
  return lineOf(Object.values(columns).map((valueOf) => valueOf(entry) ?? ''));
}

function lineOf(cells: readonly (string | number | boolean)[]): string {
  return `${cells.map((cell) => cellOf(String(cell))).join(',')}\r\n`;
}

function cellOf(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
