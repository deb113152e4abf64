import { settings } from '#platform/config/settings.ts';
import type { Entry } from '#features/privacy/register/entry.ts';
import { impersonal, register } from '#features/privacy/register.ts';

/** docs/privacy.md: the register of personal data, for people to read. */
export function renderPrivacyPage(): string {
  return `# Personal data

Made from the register that erasures go by (\`src/features/privacy/register.ts\`); a test holds it against the
database, column by column.

## Erasing a person

\`POST /me/erasure\`, or \`POST /users/{id}/erasure\` by who manages people, begins the days of grace (\`ERASURE_GRACE_DAYS\`). Until
they are over, a day at least, nothing changes, and \`DELETE\` takes it back; a mail tells the person at once. Then a job does in one transaction what the table below says, ends
the sessions, and removes the bytes of documents, pictures and files. What was learned stays as numbers of a person that
nobody can name any more, so that statistics and grades of others hold. A person who is the last admin, or the last owner of a
course, gives that to somebody else first.

- **Certificates** are verified by their number for ever: without the name, unless the person wanted it kept.
- **The receipt**, \`GET /erasures/{id}\`, tells to whoever has its number when it was asked for and done, and of how many rows.
- **The audit trail** loses addresses, programs and what was changed; who did what to whom, by ids, stays in its chain.
- The event \`user.erased\` tells other systems, by the feed and by webhooks.
- **Backups** hold what was erased until they are removed (\`BACKUP_KEEP_DAYS\`, \`…_WEEKS\`, \`…_MONTHS\`); after a restore,
  erasures since the backup are to be asked for again.
- Mail servers, receivers of webhooks and logs outside are not reached by it. Logs hold ids and no names.

## Exporting a person's data

\`POST /me/data-exports\` puts what the table below gives into an archive ([how](data-export.md)): all columns of a table, those of
the table and the others, but for what is named there. Of the files that they uploaded and the certificates that they hold the
archive has the bytes.

## How long things are kept

Jobs of the night take away what is older, some thousand rows a statement. Days are whole; what is not in this list is kept as long
as the account.

| setting | default | what |
| --- | --- | --- |
${retention().join('\n')}

The change feed (\`event\`) is kept without end: it holds ids, and whoever follows it may come late.

## The register

${register.map(sectionOf).join('\n')}
## Tables without personal data

| table | holds |
| --- | --- |
${Object.entries(impersonal)
  .map(([table, what]) => `| \`${table}\` | ${what} |`)
  .join('\n')}
`;
}

const periods = new Set<string>([
  'REFRESH_TOKEN_EXPIRE_DAYS',
  'SESSION_LIFETIME_DAYS',
  'FILE_UNUSED_DAYS',
  'ERASURE_GRACE_DAYS',
  'AUDIT_RETENTION_DAYS',
  'BACKUP_KEEP_DAYS',
  'BACKUP_KEEP_WEEKS',
  'BACKUP_KEEP_MONTHS',
]);

function retention(): string[] {
  return settings
    .filter(({ name, group }) => group === 'Retention' || periods.has(name))
    .map(({ name, default: value, description }) => `| \`${name}\` | ${String(value)} | ${description} |`);
}

function sectionOf(entry: Entry): string {
  const { table, purpose, personal, kept } = entry;
  const columns = Object.entries(personal).map(
    ([column, what]) => `| \`${column}\` | ${what} | ${fateOf(entry, column)} |`,
  );
  const list =
    columns.length > 0 ? ['', '| column | says | when erased |', '| --- | --- | --- |', ...columns] : [];
  return `### \`${table}\`: ${purpose}\n\nKept: ${kept}. When erased: ${fateOfRows(entry)}${entry.note ? `. ${entry.note}` : ''}. ${givenOf(entry)}\n${list.join('\n')}\n`;
}

function givenOf({ exported, personal, other }: Entry): string {
  if ('none' in exported) return `Not exported: ${exported.none}.`;
  const { without = {}, as = {} } = exported;
  const left = Object.entries(without).map(([column, why]) => `\`${column}\` (${why})`);
  const isPart = Object.keys(as).some((column) => column in personal || other.includes(column));
  return `Exported${left.length > 0 ? ` without ${left.join(', ')}` : ''}${isPart ? ', some of it in part' : ''}.`;
}

function fateOfRows({ erasure }: Entry): string {
  if (erasure === 'delete') return 'its rows are deleted';
  if (erasure === 'keep') return 'its rows stay';
  if (erasure === 'byTrail') return 'its rows stay without their details';
  return 'its rows stay, emptied';
}

function fateOf({ erasure }: Entry, column: string): string {
  if (erasure === 'delete') return 'deleted';
  if (erasure === 'byTrail') return column === 'details' ? 'deleted' : 'stays';
  if (typeof erasure === 'object' && column in erasure.set) return 'emptied';
  return column === 'learner_name' ? 'deleted, unless they want it kept' : 'stays';
}
