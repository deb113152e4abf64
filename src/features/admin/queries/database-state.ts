import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

export type Replica = { name: string; lagSeconds: number; lagBytes: number };
export type Slot = { name: string; retainedBytes: number };
export type TableState = { name: string; liveRows: number; deadRows: number };

/** What the server says of itself and of our database. */
export type DatabaseState = {
  /** By `pg_stat_activity.state`. */
  connections: Record<string, number>;
  /** Of all databases of the server, and how many it allows to us. */
  serverConnections: number;
  maxConnections: number;
  oldestTransactionSeconds: number;
  waitingForLocks: number;
  sizeBytes: number;
  transactionIdAge: number;
  committed: number;
  rolledBack: number;
  deadlocks: number;
  blocksHit: number;
  blocksRead: number;
  tempBytes: number;
  /** Servers that follow this one; their lags only where our account may see them (`pg_monitor`). */
  replicaCount: number;
  replicas: Replica[];
  slots: Slot[];
  /** Null where no WAL is archived. */
  archive: { failures: number; ageSeconds: number | null } | null;
  /** The twenty with the most dead rows. */
  tables: TableState[];
};

/** One statement, over what the server keeps in memory and the sizes of the database's files. */
export async function readDatabaseState(db: Db): Promise<DatabaseState> {
  const { rows } = await sql<DatabaseState>`
    with own as (
      select coalesce(state, 'unknown') as state, wait_event_type, xact_start, pid
      from pg_stat_activity
      where datname = current_database() and (backend_type is null or backend_type = 'client backend')
    ), here as (
      -- A standby knows only how far it has replayed.
      select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn
    ), counted as (
      select * from pg_stat_database where datname = current_database()
    )
    select
      coalesce((select jsonb_object_agg(state, number) from (select state, count(*) as number from own group by state) as s), '{}') as connections,
      (select sum(numbackends)::int from pg_stat_database) as "serverConnections",
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "maxConnections",
      coalesce((select extract(epoch from max(now() - xact_start)) from own where pid <> pg_backend_pid()), 0)::float8 as "oldestTransactionSeconds",
      (select count(*)::int from own where wait_event_type = 'Lock') as "waitingForLocks",
      pg_database_size(current_database()) as "sizeBytes",
      (select age(datfrozenxid)::int from pg_database where datname = current_database()) as "transactionIdAge",
      counted.xact_commit as committed, counted.xact_rollback as "rolledBack", counted.deadlocks,
      counted.blks_hit as "blocksHit", counted.blks_read as "blocksRead", counted.temp_bytes as "tempBytes",
      (select count(*)::int from pg_stat_replication where state is distinct from 'backup') as "replicaCount",
      coalesce((
        select jsonb_agg(jsonb_build_object('name', application_name,
          'lagSeconds', coalesce(extract(epoch from replay_lag), 0)::float8,
          'lagBytes', greatest(0, pg_wal_lsn_diff(here.lsn, replay_lsn))))
        from pg_stat_replication, here
        where state is distinct from 'backup' and replay_lsn is not null), '[]') as replicas,
      coalesce((
        select jsonb_agg(jsonb_build_object('name', slot_name, 'retainedBytes', greatest(0, pg_wal_lsn_diff(here.lsn, restart_lsn))))
        from pg_replication_slots, here
        where restart_lsn is not null), '[]') as slots,
      case when current_setting('archive_mode') = 'off' then null else (
        select jsonb_build_object('failures', failed_count,
          'ageSeconds', extract(epoch from now() - last_archived_time)::float8)
        from pg_stat_archiver) end as archive,
      coalesce((
        select jsonb_agg(jsonb_build_object('name', schemaname || '.' || relname, 'liveRows', n_live_tup, 'deadRows', n_dead_tup))
        from (select * from pg_stat_user_tables order by n_dead_tup desc, relid limit 20) as t), '[]') as tables
    from counted`.execute(db);
  const [state] = rows;
  if (!state) throw new Error('The server knows nothing of its database.');
  return state;
}
