import type { Manifest } from '#platform/backup/archive.ts';
import { BackupError } from '#platform/backup/backup-error.ts';
import { readMigrations } from '#platform/db/migrate.ts';

/** Throws `BackupError` where a newer program made the archive, whose database this one does not know. */
export async function requireReadable({ version, database }: Manifest): Promise<void> {
  const known = new Set((await readMigrations()).map(({ name }) => name));
  const unknown = database.migrations.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new BackupError(
    `The archive is of a newer program (version ${version}, with the migration ${unknown.at(-1)}): restore it with that one.`,
  );
}
