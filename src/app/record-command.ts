import { hasDatabase, provideUpToDateDatabase } from '#app/database-setup.ts';
import { openDeps } from '#app/deps.ts';
import type { AuditEntry } from '#platform/audit/audit.ts';
import type { Config } from '#platform/config/config.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { createLogger } from '#platform/log.ts';

/**
 * Keeps in the audit trail what a command did outside of the database. What is done stays done where the database cannot
 * be reached: then it is said that the trail does not tell of it.
 */
export async function recordCommand(config: Config, entry: AuditEntry): Promise<void> {
  if (!hasDatabase(config)) return;
  const log = createLogger({ level: 'warn', service: 'audit', version: config.version });
  try {
    const database = await provideUpToDateDatabase(config, log);
    try {
      const open = openDeps({ config, databaseUrl: database.url, log, role: 'api' });
      try {
        const audit = open.deps.audit.from({ kind: 'commandLine' });
        await inTransaction(open.deps.db, (tx) => audit.record(tx, entry));
      } finally {
        await open.close();
      }
    } finally {
      await database.stop();
    }
  } catch (error) {
    process.stderr.write(
      `It is done, but the audit trail does not tell of it (${entry.action}): ${(error as Error).message}\n`,
    );
  }
}
