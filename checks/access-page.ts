import { permissionsOfRole, roles } from '#platform/auth/actor.ts';
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

/** docs/access-table.md: the table that a test holds the server to, for people to read. */
export function renderAccessPage(): string {
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
    ...sections().flatMap(({ heading, rows }) => ['', `## ${heading}`, '', ...tableOf(rows)]),
  ];
  return `${lines.join('\n')}\n`;
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
