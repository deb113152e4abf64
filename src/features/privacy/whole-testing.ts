import { runSql, type Db } from '#platform/db/database.ts';
import type { FileStore } from '#platform/files/file-store.ts';

/** Every row of the whole database, payloads of jobs included, as texts that begin with the table's name. */
export async function everyRow(db: Db): Promise<string[]> {
  const tables = await runSql<{ name: string }>(
    db,
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE'`,
    [],
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await runSql<{ row: string }>(db, `select to_jsonb(t)::text as row from ${name} as t`, []);
    texts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return texts;
}

/** The key of everything in the store. */
export async function everyKey(files: FileStore): Promise<string[]> {
  const keys: string[] = [];
  for (const prefix of ['certificates/', 'exports/', 'files/', 'pictures/'])
    for await (const { key } of files.list(prefix)) keys.push(key);
  return keys.toSorted();
}
