import { isEmbedded, type Config } from '#platform/config/config.ts';
import { isStrict } from '#platform/config/settings.ts';
import type { Db } from '#platform/db/database.ts';
import { readAccountRights, type AccountRights } from '#platform/db/doctor-queries.ts';
import { failed, fine, warning, type Finding } from './finding.ts';

/** Whether the account by which the program serves can do no more than that. */
export async function checkAccount(db: Db, config: Config): Promise<Finding[]> {
  const rights = await readAccountRights(db);
  const { account, unreadable } = rights;
  if (unreadable > 0) {
    const detail = `${account} may not read ${unreadable} tables`;
    return [failed('account', detail, 'Run "lms migrate" with DATABASE_OWNER_URL, which lets it.')];
  }
  const excess = excessOf(rights);
  if (excess === undefined)
    return [fine('account', `${account} reads and writes rows, and changes no table`)];
  if (isEmbedded(config) || !isStrict(config.environment)) return [fine('account', excess)];
  const advice =
    'Let DATABASE_URL name an account that only reads and writes rows: docs/operations/database-accounts.md.';
  return [warning('account', excess, advice)];
}

function excessOf({ account, isSuperuser, ownsTables, mayCreate }: AccountRights): string | undefined {
  if (isSuperuser) return `${account} is a superuser of the server`;
  if (ownsTables) return `${account} owns the tables that it serves from`;
  return mayCreate ? `${account} may make tables or schemas` : undefined;
}
