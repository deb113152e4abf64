import { permissions, permissionsOfRole, roles } from '#platform/auth/actor.ts';
import { callers } from '../test/access/callers.ts';
import { parseTable, type Row } from '../test/access/parse-table.ts';
import { accessTable } from '../test/access/table.ts';

const title: Readonly<Record<(typeof callers)[number], string>> = {
  anonymous: 'anonymous',
  student: 'enrolled',
  stranger: 'not enrolled',
  owner: 'owner',
  coInstructor: 'co-instructor',
  assistant: 'assistant',
  observer: 'observer',
  otherInstructor: 'other instructor',
  admin: 'admin',
};

/** The OpenAPI document, as far as it says what an operation needs. */
export type DocumentedPermissions = {
  paths: Record<string, Record<string, { operationId: string; 'x-permission'?: string }>>;
};

/** docs/access-table.md: the table that a test holds the server to, for people to read. */
export function renderAccessPage(document: DocumentedPermissions): string {
  const lines = [
    '# Who may do what',
    '',
    'Made from the table that a test compares with the server: every operation, called by everybody. A mark means that it',
    'succeeds; else the status stands there: 401 sign in first, 403 known to you and not allowed, 404 not yours to know of,',
    '409 not as things stand. Why it is so, and what custom roles change: [access](access.md).',
    '',
    `| role | permissions |`,
    '| --- | --- |',
    ...roles.map(
      (role) => `| ${role} | ${permissionsOfRole[role].map((name) => `\`${name}\``).join(', ')} |`,
    ),
    ...byPermission(document),
    ...sections().flatMap(({ heading, rows }) => ['', `## ${heading}`, '', ...tableOf(rows)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What somebody can call, and nobody without it, to whom a custom role or a group gives one permission. */
function byPermission({ paths }: DocumentedPermissions): string[] {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const needing = (permission: string) =>
    operations.filter((each) => each['x-permission'] === permission).map((each) => each.operationId);
  return [
    '',
    '## By one permission',
    '',
    'What whoever has one permission may call, by their role, a custom role or a group, and what nobody may without it. A test calls all of',
    'it with each one alone, and with all but that one. What else a thing asks, such as that nobody gives what they do not have, holds',
    'besides. Those without operations of their own count [in courses](access.md).',
    '',
    '| permission | operations that need it |',
    '| --- | --- |',
    ...permissions.map((each) => `| \`${each}\` | ${needing(each).join(', ') || '–'} |`),
  ];
}

function sections(): { heading: string; rows: Row[] }[] {
  const rows = new Map(parseTable(accessTable).map((row) => [row.name, row]));
  const found: { heading: string; rows: Row[] }[] = [];
  for (const line of accessTable.split('\n')) {
    const row = rows.get(line.split(/ {2,}/)[0] ?? '');
    if (line.startsWith('# ')) found.push({ heading: line.slice(2), rows: [] });
    else if (row) found.at(-1)?.rows.push(row);
  }
  return found;
}

function tableOf(rows: readonly Row[]): string[] {
  return [
    `| | ${callers.map((caller) => title[caller]).join(' | ')} |`,
    `| --- |${' --- |'.repeat(callers.length)}`,
    ...rows.map(
      ({ name, expected }) =>
        `| ${name} | ${callers.map((caller) => cellOf(expected[caller])).join(' | ')} |`,
    ),
  ];
}

function cellOf(statuses: readonly number[]): string {
  return statuses.map((status) => (status < 300 ? '✓' : String(status))).join(' or ');
}
