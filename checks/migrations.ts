import assert from 'node:assert/strict';
import { appendFile, cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { migrate } from '#platform/db/migrate.ts';
import { query } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const DIRECTORY = path.join(import.meta.dirname, '..', 'migrations');

/** A second run applies nothing and leaves the schema as it was. */
export async function checkMigrationsTwice(bench: Workbench): Promise<string> {
  const url = await bench.newDatabase();
  const applied = await migrate(url);
  if (applied.length === 0) throw new Error('there are no migrations');
  const before = await describeSchema(url);
  assert.deepEqual(await migrate(url), [], 'the second run applied something');
  assert.equal(await describeSchema(url), before, 'the second run changed the schema');
  return `${applied.length} files`;
}

/** An applied file that was edited stops the migration, whichever file it is. */
export async function checkEditedMigration(bench: Workbench): Promise<string> {
  const url = await bench.newDatabase();
  await migrate(url);
  const names = (await readdir(DIRECTORY)).filter((name) => name.endsWith('.sql'));
  for (const name of names) {
    const directory = await bench.newFolder();
    await cp(DIRECTORY, directory, { recursive: true });
    await migrate(url, { directory });
    await appendFile(path.join(directory, name), '\n-- edited\n');
    await assert.rejects(
      migrate(url, { directory }),
      new RegExp(name),
      `${name} was edited and applied all the same`,
    );
  }
  return `${names.length} files`;
}

/** Everything of the schema that a statement can depend on, as text, without what extensions bring. */
async function describeSchema(url: string): Promise<string> {
  const rows = await query(url, SCHEMA_QUERY);
  if (rows.length === 0) throw new Error('the schema is empty');
  return rows.map((row) => JSON.stringify(row)).join('\n');
}

const SCHEMA_QUERY = `
  with own as (
    select c.oid, c.relname, c.relkind, n.nspname
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
  )
  select 'relation' as kind, nspname as schema, relname as name, relkind::text as detail from own
  union all
  select 'column', nspname, relname || '.' || attname,
    concat_ws(' ', attnum, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
              pg_get_expr(adbin, adrelid), attcollation::regcollation)
    from own join pg_attribute on attrelid = own.oid and attnum > 0 and not attisdropped
    left join pg_attrdef on adrelid = own.oid and adnum = attnum
  union all
  select 'constraint', nspname, relname || '.' || conname, pg_get_constraintdef(pg_constraint.oid)
    from own join pg_constraint on conrelid = own.oid
  union all
  select 'index', nspname, relname, pg_get_indexdef(own.oid) from own where relkind in ('i', 'I')
  union all
  select 'view', nspname, relname, pg_get_viewdef(own.oid) from own where relkind in ('v', 'm')
  union all
  select 'trigger', nspname, relname || '.' || tgname, pg_get_triggerdef(pg_trigger.oid)
    from own join pg_trigger on tgrelid = own.oid and not tgisinternal
  union all
  select 'function', nspname, p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where nspname not in ('pg_catalog', 'information_schema') and prokind in ('f', 'p')
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all
  select 'type', nspname, typname, concat_ws(' ', typtype, format_type(typbasetype, typtypmod),
      (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid))
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and typtype in ('e', 'd')
  union all
  select 'extension', '', extname, extversion from pg_extension
  union all
  select 'migration', '', name, sha256 || ' ' || applied_at from schema_migration
  order by 1, 2, 3, 4`;
