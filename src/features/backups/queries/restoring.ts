import { escapeText } from '#platform/db/escape.ts';
import type { Session } from '#platform/db/session.ts';

/** What stands in a database into which a backup is to be restored. */
export type Occupancy = {
  /** Whether this account may make tables in it, and drop what is there. */
  isOwner: boolean;
  hasTables: boolean;
  people: number;
  connections: number;
};

export async function readOccupancy(session: Session): Promise<Occupancy> {
  const [row] = await session.query<{
    isOwner: boolean;
    tables: string;
    hasPeople: boolean;
    connections: string;
  }>(`
    select has_database_privilege(current_database(), 'create') and not exists (
        select from pg_namespace where nspname in ('public', 'pgboss') and not pg_has_role(nspowner, 'usage')) as "isOwner",
      (select count(*) from pg_tables where schemaname in ('public', 'pgboss')) as tables,
      to_regclass('public.app_user') is not null as "hasPeople",
      (select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and application_name like 'lms-%') as connections`);
  const people =
    row?.isOwner && row.hasPeople
      ? await session.query<{ count: string }>('select count(*) as count from public.app_user')
      : [];
  return {
    isOwner: row?.isOwner === true,
    hasTables: Number(row?.tables) > 0,
    people: Number(people[0]?.count ?? 0),
    connections: Number(row?.connections),
  };
}

/** Makes room for what a dump brings. */
export const emptyDatabaseSql = `
  drop schema if exists pgboss cascade;
  drop schema public cascade;
  create schema public;
  grant usage on schema public to public;`;

/** Fails where a table has other rows than the backup counted. */
export function compareRowsSql(rows: Record<string, number>): string {
  return `do $compare$
    declare
      expected record;
      found bigint;
    begin
      for expected in select key, value::bigint as value from json_each_text(${escapeText(JSON.stringify(rows))}::json) loop
        execute format('select count(*) from %s', expected.key::regclass) into found;
        if found <> expected.value then
          raise exception 'the table % has % rows, and % were backed up', expected.key, found, expected.value;
        end if;
      end loop;
    end $compare$;`;
}

/**
 * Mends what a restored database has wrong. Events of a dump are of transactions of another server, and would stay hidden
 * until this one has counted as far: they become those of its first one, still in the order of their sequence. Sessions
 * that were ended since the backup must not come back, nor links by which a password was chosen. A backup was under way
 * when this one was made.
 */
export function afterRestoreSql(kind: 'dump' | 'cluster'): string {
  const renumber = `
    alter table public.event disable trigger event_append_only;
    update public.event set transaction_id = '3' where transaction_id <> '3';
    alter table public.event enable trigger event_append_only;`;
  return `${kind === 'dump' ? renumber : ''}
    delete from public.session;
    delete from public.email_token where purpose = 'passwordReset';
    update public.backup_run set outcome = 'interrupted', finished_at = started_at where finished_at is null;`;
}

export async function mendCluster(session: Session): Promise<void> {
  await session.query(`begin; ${afterRestoreSql('cluster')} commit;`);
}

const nameOfScratch = `format('%s_verify_%s', left(current_database(), 40), $1::text)`;

/** Makes an empty database beside this one, for a restore that is only looked at. */
export async function createScratch(session: Session, mark: string): Promise<string> {
  const [row] = await session.query<{ name: string; statement: string }>(
    `select name, format('create database %I template template0', name) as statement from (select ${nameOfScratch} as name) as n`,
    [mark],
  );
  await session.query(row?.statement ?? '');
  return row?.name ?? '';
}

/**
 * Drops the databases of that kind, with those that a killed process left, but for those of another account. To be called
 * by the one that has the lock.
 */
export async function dropScratches(session: Session): Promise<void> {
  const scratches = await session.query<{ statement: string }>(`
    select format('drop database if exists %I with (force)', datname) as statement from pg_database
    where datname ~ ('^' || regexp_replace(left(current_database(), 40), '(\\W)', '\\\\\\1', 'g') || '_verify_[0-9a-f]{8}$')
      and pg_has_role(datdba, 'usage')`);
  for (const { statement } of scratches) await session.query(statement);
}

export type StandingScratch = { name: string; isThere: boolean; isOurs: boolean };

/** The database that stands beside this one for an account that may make none. */
export async function findStandingScratch(session: Session): Promise<StandingScratch> {
  const [row] = await session.query<StandingScratch>(`
    select name, d.oid is not null as "isThere", coalesce(pg_has_role(d.datdba, 'usage'), false) as "isOurs"
    from (select left(current_database(), 40) || '_verify' as name) as n left join pg_database d on d.datname = n.name`);
  return row ?? { name: '', isThere: false, isOurs: false };
}

/** Makes it for another account. */
export async function createStandingScratch(session: Session, name: string, owner: string): Promise<void> {
  const [row] = await session.query<{ create: string; join: string | null }>(
    `select format('create database %I owner %I template template0', $1::text, $2::text) as create,
       case when not pg_has_role($2::text::name, 'set') then format('grant %I to current_user with inherit false, set true', $2::text) end as join`,
    [name, owner],
  );
  // Who gives something to an account must be able to become it.
  if (row?.join) await session.query(row.join);
  await session.query(row?.create ?? '');
}
