import { migrate } from '#platform/db/migrate.ts';
import { installJobs } from '#platform/jobs/install.ts';

/** Makes the database that every test file's own is copied from: migrated, empty. */
export async function prepareTemplate(databaseUrl: string): Promise<void> {
  await migrate(databaseUrl);
  await installJobs(databaseUrl);
}
