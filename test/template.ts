import { prepareAppAccount } from '#platform/db/app-account.ts';
import { migrate } from '#platform/db/migrate.ts';
import { installJobs } from '#platform/jobs/install.ts';
import { appUrlOf } from './database.ts';

/** Makes the database that every test file's own is copied from: migrated, empty, with an account that only serves. */
export async function prepareTemplate(databaseUrl: string): Promise<void> {
  await migrate(databaseUrl);
  await installJobs(databaseUrl);
  await prepareAppAccount(databaseUrl, appUrlOf(databaseUrl));
}
