import { sql } from 'kysely';
import type { Db } from './database.ts';

export type ServerFacts = {
  version: string;
  /** `170002` for 17.2. */
  versionNumber: number;
  isReplica: boolean;
  /** Null where the connection is not encrypted. */
  tls: string | null;
  now: Date;
  /** Connections that this user could have at once; those of all databases that are open now. */
  mostConnections: number;
  connections: number;
};

/** What the server says of itself and of this connection. One statement. */
export async function readServerFacts(db: Db): Promise<ServerFacts> {
  const { rows } = await sql<ServerFacts>`
    select current_setting('server_version') as version,
      current_setting('server_version_num')::int as "versionNumber",
      pg_is_in_recovery() as "isReplica",
      (select pg_stat_ssl.version from pg_stat_ssl where pid = pg_backend_pid() and ssl) as tls,
      clock_timestamp() as now,
      least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true)::int, 0),
        (select nullif(datconnlimit, -1) from pg_database where datname = current_database()),
        (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user)
      ) as "mostConnections",
      (select count(*)::int from pg_stat_activity where datid is not null) as connections`.execute(db);
  const facts = rows[0];
  if (facts === undefined) throw new Error('The server said nothing of itself.');
  return facts;
}

export type AccountRights = {
  account: string;
  isSuperuser: boolean;
  ownsTables: boolean;
  mayCreate: boolean;
  /** Tables that it cannot read. */
  unreadable: number;
};

/** What the account of this connection may do to the schema. One statement. */
export async function readAccountRights(db: Db): Promise<AccountRights> {
  const { rows } = await sql<AccountRights>`
    select current_user as account,
      (select rolsuper from pg_roles where rolname = current_user) as "isSuperuser",
      coalesce(bool_or(pg_has_role(c.relowner, 'usage')), false) as "ownsTables",
      has_database_privilege(current_database(), 'create') or has_schema_privilege('public', 'create') as "mayCreate",
      (count(*) filter (where not has_table_privilege(c.oid, 'select')))::int as unreadable
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'pgboss') and c.relkind in ('r', 'p')`.execute(db);
  const rights = rows[0];
  if (rights === undefined) throw new Error('The server said nothing of this account.');
  return rights;
}
