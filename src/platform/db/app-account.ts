import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { sqlStateOf } from './errors.ts';
import { escapeText } from './escape.ts';
import { MigrationError } from './migration-error.ts';
import { openSession, type Session } from './session.ts';

const schemas = ['public', 'pgboss'] as const;
const rowRights = 'select, insert, update, delete';

/**
 * The tables of which the program may do less: what is never changed, what only `migrate` writes. Of an entry of the trail
 * the personal part is taken out; entries, seals and told heads go when their time is over, which triggers watch.
 */
const narrower: Readonly<Record<string, string>> = {
  'public.schema_migration': 'select',
  'public.event': 'select, insert',
  'public.audit_entry': 'select, insert, delete, update (details, salt, erased_by)',
  'public.audit_seal': 'select, insert, delete',
  'public.audit_unsealed': 'select, insert, delete',
  'public.audit_told_head': 'select, insert, delete',
  'public.audit_checkpoint': 'select, insert',
  'pgboss.version': 'select, update',
  'pgboss.queue': 'select, insert, update',
};

// Any constant will do; it must only be the same in every process.
const lockKey = 7_305_620_122;

type Account = { name: string; password: string | undefined };

/** Whether both addresses sign in as the same account, which then owns the tables and serves. */
export function isOneAccount(ownerUrl: string, appUrl: string): boolean {
  return accountNameOf(ownerUrl) === accountNameOf(appUrl);
}

/** The account by which an address signs in. */
export function accountNameOf(url: string): string {
  return accountOf(url).name;
}

/**
 * Has the account of `appUrl` read and write rows, and do nothing else: makes it where it is missing, sets its password
 * where it is another one, grants what it needs of the tables that there are and, until the next time, of those to come,
 * and takes away what it has beyond; lets it see what other accounts do, for the metrics, or tells that it may not. Harmless twice, and twice at once; changes nothing where both are one account.
 * Throws `MigrationError` where the owner may not make accounts.
 */
export async function prepareAppAccount(
  ownerUrl: string,
  appUrl: string,
  log: (message: string) => void = () => {},
): Promise<void> {
  if (isOneAccount(ownerUrl, appUrl)) return;
  const account = accountOf(appUrl);
  const session = await openSession(ownerUrl, 'lms-migrate');
  try {
    if (await exists(session, account)) {
      if (await isPasswordWrong(appUrl)) await setPassword(session, account, log);
    } else await createAccount(session, account, log);
    await grantRights(session, account.name);
    await grantStatistics(session, account.name, log);
  } finally {
    await session.close();
  }
}

// As the client itself takes an address apart.
function accountOf(url: string): Account {
  const { user, password } = new pg.Client({ connectionString: url });
  return { name: user ?? '', password: typeof password === 'string' ? password : undefined };
}

async function exists(session: Session, { name }: Account): Promise<boolean> {
  const rows = await session.query('select from pg_roles where rolname = $1', [name]);
  return rows.length > 0;
}

async function createAccount(
  session: Session,
  account: Account,
  log: (message: string) => void,
): Promise<void> {
  const name = pg.escapeIdentifier(account.name);
  try {
    await session.query(`create role ${name} login${passwordSql(account)}`);
    log(`made the account ${account.name} of the database`);
  } catch (error) {
    // Another process was quicker.
    if (sqlStateOf(error) === '42710') return;
    if (sqlStateOf(error) !== '42501') throw error;
    throw new MigrationError(
      `The account of DATABASE_OWNER_URL may not make the one of DATABASE_URL: let an administrator run: create role ${name} login password '…'`,
      { cause: error },
    );
  }
}

async function isPasswordWrong(appUrl: string): Promise<boolean> {
  try {
    await (await openSession(appUrl, 'lms-migrate')).close();
    return false;
  } catch (error) {
    // Whatever else is wrong, or in between, is for those who serve by it to tell.
    return sqlStateOf(error) === '28P01';
  }
}

async function setPassword(
  session: Session,
  account: Account,
  log: (message: string) => void,
): Promise<void> {
  if (account.password === undefined) return;
  const name = pg.escapeIdentifier(account.name);
  try {
    await session.query(`alter role ${name}${passwordSql(account)}`);
    log(`set the password of the account ${account.name} of the database to that of DATABASE_URL`);
  } catch (error) {
    if (sqlStateOf(error) !== '42501') throw error;
    throw new MigrationError(
      `The password in DATABASE_URL is not that of its account, and the account of DATABASE_OWNER_URL may not set it: let an administrator run: alter role ${name} password '…'`,
      { cause: error },
    );
  }
}

// As psql does it, so that no log of the server can have the password: it gets what tells whether one is right.
function passwordSql({ password }: Account): string {
  return password === undefined ? '' : ` password ${escapeText(verifierOf(password))}`;
}

/** RFC 5803, as PostgreSQL keeps it. The client and the server leave ASCII as it is; other signs they normalize. */
function verifierOf(password: string): string {
  if (!/^[\x20-\x7e]+$/.test(password))
    throw new MigrationError('The password in DATABASE_URL may hold nothing but ASCII.');
  const [salt, iterations] = [randomBytes(16), 4096];
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyOf = (label: string) => createHmac('sha256', salted).update(label).digest();
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  const server = keyOf('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${server}`;
}

async function grantRights(session: Session, account: string): Promise<void> {
  const to = pg.escapeIdentifier(account);
  await session.query('begin');
  // Two at once would meet at the same rows of the catalogue. A lost connection undoes all of it.
  await session.query('select pg_advisory_xact_lock($1)', [lockKey]);
  const things = await session.query<{ name: string; isSequence: boolean }>(
    `select format('%I.%I', n.nspname, c.relname) as name, c.relkind = 'S' as "isSequence"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'S') and pg_has_role(c.relowner, 'usage')
     order by name`,
    [schemas],
  );
  const [here] = await session.query<{ database: string }>(
    `select quote_ident(current_database()) as database`,
  );
  await session.query(
    [
      `revoke create on schema ${schemas.join(', ')} from public, ${to}`,
      `revoke temporary on database ${here?.database} from public, ${to}`,
      `revoke create on database ${here?.database} from ${to}`,
      `grant usage on schema ${schemas.join(', ')} to ${to}`,
      ...schemas.flatMap((schema) => [
        `alter default privileges in schema ${schema} grant ${rowRights} on tables to ${to}`,
        `alter default privileges in schema ${schema} grant select, usage on sequences to ${to}`,
      ]),
      ...things.flatMap(({ name, isSequence }) => [
        `revoke all on ${isSequence ? 'sequence ' : ''}${name} from ${to}`,
        `grant ${isSequence ? 'select, usage' : (narrower[name] ?? rowRights)} on ${isSequence ? 'sequence ' : ''}${name} to ${to}`,
      ]),
      'commit',
    ].join(';\n'),
  );
}

// Without it replication and transactions of others, such as one that a migration left open, are in no metric.
async function grantStatistics(
  session: Session,
  account: string,
  log: (message: string) => void,
): Promise<void> {
  const [may] = await session.query<{ sees: boolean }>(
    `select pg_has_role($1::text::name, 'pg_read_all_stats', 'usage') as sees`,
    [account],
  );
  if (may?.sees === true) return;
  const statement = `grant pg_read_all_stats to ${pg.escapeIdentifier(account)}`;
  try {
    await session.query(statement);
  } catch (error) {
    if (sqlStateOf(error) !== '42501') throw error;
    log(
      `the account of DATABASE_OWNER_URL may not let ${account} see what others do, which metrics of replication and of long transactions need: let an administrator run: ${statement}`,
    );
  }
}
