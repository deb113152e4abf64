import { labelled, type Figure } from './figure.ts';
import type { DatabaseState } from './queries/database-state.ts';

type Numbers = {
  [Key in keyof DatabaseState]: DatabaseState[Key] extends number ? Key : never;
}[keyof DatabaseState];

/** Of the server that DATABASE_URL names and of our database on it. */
export const databaseFigures: readonly Figure<DatabaseState>[] = [
  {
    name: 'lms_database_connections',
    help: 'Connections to our database by their state.',
    labels: ['state'],
    samples: ({ connections }) =>
      labelled('state', { active: 0, idle: 0, 'idle in transaction': 0, ...connections }),
  },
  one('lms_database_server_connections', 'Connections to all databases of the server.', 'serverConnections'),
  one('lms_database_connections_max', 'How many connections the server allows to us.', 'maxConnections'),
  one(
    'lms_database_oldest_transaction_seconds',
    'Age of the oldest open transaction.',
    'oldestTransactionSeconds',
  ),
  one('lms_database_lock_waits', 'Connections that wait for a lock.', 'waitingForLocks'),
  one('lms_database_size_bytes', 'Size of our database.', 'sizeBytes'),
  one(
    'lms_database_transaction_id_age',
    'Transactions since the oldest frozen one; 2^31 is the end.',
    'transactionIdAge',
  ),
  {
    name: 'lms_database_transactions_total',
    help: 'Transactions by outcome, as the server counts them.',
    labels: ['outcome'],
    isCounter: true,
    samples: ({ committed, rolledBack }) => labelled('outcome', { committed, rolledBack }),
  },
  {
    name: 'lms_database_blocks_total',
    help: 'Blocks that were asked for: hit in memory, or read.',
    labels: ['source'],
    isCounter: true,
    samples: ({ blocksHit, blocksRead }) => labelled('source', { hit: blocksHit, read: blocksRead }),
  },
  count('lms_database_deadlocks_total', 'Deadlocks that the server ended.', 'deadlocks'),
  count('lms_database_temp_bytes_total', 'Bytes written into temporary files.', 'tempBytes'),
  one('lms_database_replicas', 'Servers that follow this one.', 'replicaCount'),
  {
    name: 'lms_database_replication_lag_seconds',
    help: 'How long a replica takes to show what was committed, by its name.',
    labels: ['replica'],
    samples: ({ replicas }) =>
      replicas.map(({ name, lagSeconds }) => ({ labels: { replica: name }, value: lagSeconds })),
  },
  {
    name: 'lms_database_replication_lag_bytes',
    help: 'WAL that a replica has not replayed yet, by its name.',
    labels: ['replica'],
    samples: ({ replicas }) =>
      replicas.map(({ name, lagBytes }) => ({ labels: { replica: name }, value: lagBytes })),
  },
  {
    name: 'lms_database_slot_retained_bytes',
    help: 'WAL that is kept for a replication slot.',
    labels: ['slot'],
    samples: ({ slots }) =>
      slots.map(({ name, retainedBytes }) => ({ labels: { slot: name }, value: retainedBytes })),
  },
  {
    name: 'lms_database_wal_archive_failures_total',
    help: 'WAL files that could not be archived; absent where none are.',
    isCounter: true,
    samples: ({ archive }) => (archive ? [{ value: archive.failures }] : []),
  },
  {
    name: 'lms_database_wal_archive_age_seconds',
    help: 'Time since a WAL file was last archived; absent where none are.',
    samples: ({ archive }) => (archive?.ageSeconds == null ? [] : [{ value: archive.ageSeconds }]),
  },
  {
    name: 'lms_database_table_live_rows',
    help: 'Rows by table, as the server estimates, of the twenty with the most dead rows.',
    labels: ['table'],
    samples: ({ tables }) =>
      tables.map(({ name, liveRows }) => ({ labels: { table: name }, value: liveRows })),
  },
  {
    name: 'lms_database_table_dead_rows',
    help: 'Dead rows that vacuum has not removed, of the twenty tables with the most.',
    labels: ['table'],
    samples: ({ tables }) =>
      tables.map(({ name, deadRows }) => ({ labels: { table: name }, value: deadRows })),
  },
];

function one(name: string, help: string, key: Numbers): Figure<DatabaseState> {
  return { name, help, samples: (state) => [{ value: state[key] }] };
}

function count(name: string, help: string, key: Numbers): Figure<DatabaseState> {
  return { ...one(name, help, key), isCounter: true };
}
