import { faults } from '#features/audit/chain-check.ts';
import { verifyTrail, type Broken, type Intact } from '#features/audit/commands/verify-trail.ts';
import { readHead, writeHead } from '#features/audit/head-text.ts';
import { CommandError, optionsOf, usageError } from '#app/command-error.ts';
import { provideRunningDatabase } from '#app/database-setup.ts';
import { openDeps } from '#app/deps.ts';
import { readSettings } from '#app/settings.ts';
import { createLogger } from '#platform/log.ts';

const usage = 'Use "lms audit verify [--head=POSITION:HASH]".';

/** `audit verify`: whether the audit trail is what was written, and exit status 1 with the first place where it is not. */
export async function auditCommand(args: string[]): Promise<void> {
  const [verb, ...rest] = args;
  if (verb !== 'verify') throw usageError(usage);
  const { head } = optionsOf(rest, { head: { type: 'string' } });
  const kept = head === undefined ? undefined : readHead(head);
  if (head !== undefined && !kept) throw usageError(`"${head}" is not the end of a chain. ${usage}`);
  const { config } = await readSettings();
  const log = createLogger({ level: 'warn', service: 'audit', version: config.version });
  const database = await provideRunningDatabase(config, log);
  try {
    const open = openDeps({ config, databaseUrl: database.url, log, role: 'api' });
    try {
      const verdict = await verifyTrail(open.deps, kept);
      if (!verdict.isIntact) throw new CommandError(explain(verdict));
      process.stdout.write(tell(verdict, kept !== undefined));
    } finally {
      await open.close();
    }
  } finally {
    await database.stop();
  }
}

function explain({ fault, position, entryId }: Broken): string {
  const entry = entryId === null ? '' : ` (entry ${entryId})`;
  const what = position === null ? `The entry ${entryId}` : `Position ${position}${entry}`;
  return `The audit trail is broken. ${what} ${faults[fault]}.`;
}

function tell({ head, entries, erased, waiting, holdsKept }: Intact, isCompared: boolean): string {
  const lines = [
    `The audit trail is intact: ${entries} entries, of ${erased} the details were erased; ${waiting} more are not sealed yet.`,
    ...(isCompared
      ? [
          holdsKept === true
            ? 'The head that was given is part of it.'
            : 'What the head that was given tells of was purged since: compare with a newer one.',
        ]
      : []),
    `Its end, to be kept elsewhere: ${writeHead(head)}`,
  ];
  return `${lines.join('\n')}\n`;
}
