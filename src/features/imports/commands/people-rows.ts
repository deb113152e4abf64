import {
  createPersonCheck,
  importPeople,
  type PersonOutcome,
  type PersonToImport,
} from '#features/identity/commands/import-people.ts';
import {
  groupKeyOf,
  joinGroups,
  planGroups,
  type NamedGroups,
} from '#features/roles/commands/import-groups.ts';
import type { Reason } from '#platform/errors.ts';
import { oneLinePattern } from '#platform/http/schema.ts';
import type { CsvRow } from '../csv/read-rows.ts';
import type { Chunk, ChunkImport, RowOutcome } from './import-chunk.ts';

const maxGroups = 20;
const maxGroupName = 200;
/** So that a large file does not hold up everybody else's mail: some 300 in a minute. */
const invitationEveryMs = 200;

type Told = { line: number; person: PersonToImport; groups: readonly string[] };
type Checked = Told | { line: number; errors: Reason[] };

/** Rows about people: their accounts, invitations and groups. */
export function createPeopleRows(): ChunkImport {
  const check = createPersonCheck();
  return async (deps, tx, chunk) => {
    const { actor, isDryRun } = chunk;
    const checked = chunk.rows.map((row, at) => checkRow(check, row, inviteTimeOf(chunk, at)));
    const names = checked.flatMap((each) => ('person' in each ? each.groups : []));
    const groups = await planGroups(tx, actor, names);
    const allowed = checked.map((each) => refuseGroups(groups, each));
    const told = allowed.filter((each) => 'person' in each);
    const people = told.map(({ person }) => person);
    const outcomes = await importPeople(deps, tx, { actor, isDryRun, people });
    const pairs = told.flatMap((each, at) => pairsOf(groups, each, outcomes[at]));
    const joined = await joinGroups(deps, tx, { actor, groups, pairs, isDryRun });
    const joiners = new Set(joined.map(({ userId }) => userId));
    let at = 0;
    return allowed.map((each) => {
      const outcome = 'person' in each ? outcomes[at++] : undefined;
      return rowOf(each, outcome, { joiners, isDryRun });
    });
  };
}

// By the place in the file, so that a run that goes on after a crash does not begin anew.
function inviteTimeOf({ startedAt, from }: Chunk, at: number): Date {
  return new Date(startedAt.getTime() + (from + at) * invitationEveryMs);
}

function checkRow(check: ReturnType<typeof createPersonCheck>, row: CsvRow, inviteAt: Date): Checked {
  const { line, problem, cells } = row;
  if (problem) return { line, errors: [problem] };
  const { groups, invite = 'false', ...person } = cells;
  const names = namesIn(groups);
  const checked = check(person);
  const errors = [
    ...('errors' in checked ? checked.errors : []),
    ...groupReasons(names),
    ...inviteReasons(invite),
  ];
  if (errors.length > 0 || 'errors' in checked) return { line, errors };
  return { line, groups: names, person: { ...checked, inviteAt: isTrue(invite) ? inviteAt : null } };
}

function namesIn(groups = ''): string[] {
  return groups
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function groupReasons(names: readonly string[]): Reason[] {
  if (names.length > maxGroups) {
    const params = { limit: maxGroups };
    return [{ path: 'groups', code: 'max_items', params, message: `At most ${maxGroups} groups.` }];
  }
  const isBad = names.some(
    (name) => name.length > maxGroupName || !new RegExp(oneLinePattern, 'u').test(name),
  );
  if (!isBad) return [];
  const message = `Names of groups have at most ${maxGroupName} characters, on one line.`;
  return [{ path: 'groups', code: 'group_name_invalid', message }];
}

function isTrue(text: string): boolean {
  return text.toLowerCase() === 'true';
}

function inviteReasons(invite: string): Reason[] {
  if (/^(?:true|false)$/i.test(invite)) return [];
  return [{ path: 'invite', code: 'boolean_expected', message: 'It must be true or false.' }];
}

function refuseGroups(groups: NamedGroups, each: Checked): Checked {
  if (!('person' in each)) return each;
  const errors = each.groups.flatMap((name) => groups.get(groupKeyOf(name))?.refusal ?? []);
  return errors.length === 0 ? each : { line: each.line, errors };
}

function pairsOf(groups: NamedGroups, { groups: names }: Told, outcome: PersonOutcome | undefined) {
  if (!outcome || outcome.status === 'failed') return [];
  const ids = new Set(names.flatMap((name) => groups.get(groupKeyOf(name))?.id ?? []));
  return Array.from(ids, (groupId) => ({ groupId, userId: outcome.userId }));
}

function rowOf(
  each: Checked,
  outcome: PersonOutcome | undefined,
  { joiners, isDryRun }: { joiners: ReadonlySet<string>; isDryRun: boolean },
): RowOutcome {
  const row = { line: each.line, errors: [], userId: null, enrollmentId: null };
  if (!outcome) return { ...row, status: 'failed', errors: 'errors' in each ? each.errors : [] };
  if (outcome.status === 'failed') return { ...row, status: 'failed', errors: outcome.errors };
  const { status, userId } = outcome;
  // The id of one who is yet to be made is nobody's.
  if (status === 'created') return { ...row, status, userId: isDryRun ? null : userId };
  return { ...row, status: joiners.has(userId) ? 'updated' : status, userId };
}
