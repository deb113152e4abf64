import type { Session } from '#platform/db/session.ts';

// Any constants will do; they must only be the same in every process.
const lockKeys = { backup: 7_305_620_119, verification: 7_305_620_120, restore: 7_305_620_121 } as const;

/** Takes what only one process may do at a time, until the session ends. False where another has it. */
export async function takeLock(session: Session, what: keyof typeof lockKeys): Promise<boolean> {
  const [row] = await session.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    lockKeys[what],
  ]);
  return row?.locked === true;
}

export async function readServerMajor(session: Session): Promise<number> {
  const [row] = await session.query<{ major: number }>(
    `select current_setting('server_version_num')::int / 10000 as major`,
  );
  return row?.major ?? 0;
}

/** Opens a transaction whose view of the database others can take over by this name. */
export async function openSnapshot(session: Session): Promise<string> {
  await session.query('begin isolation level repeatable read read only');
  const [row] = await session.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
  return row?.snapshot ?? '';
}

export async function closeSnapshot(session: Session): Promise<void> {
  await session.query('commit');
}

/** How many rows each table has in this transaction, by `schema.table`. */
export async function countRows(session: Session): Promise<Record<string, number>> {
  const tables = await session.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    order by name`);
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await session.query<{ count: string }>(`select count(*) as count from ${name}`);
    counts[name] = Number(row?.count);
  }
  return counts;
}
