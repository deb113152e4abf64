import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { withClient } from '#test/invariants.ts';

export function newFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-backup-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** SHA-256 of every file below a folder, by its path. */
export function checksumsBelow(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const sums = entries.map(({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return [
      path.relative(folder, file),
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ] as const;
  });
  return Object.fromEntries(sums.toSorted());
}

// What a restore empties on purpose, the run of the backup itself, which ends after its copy was made, and what every start
// of the job engine touches.
const passing = /^public\.(?:session|refresh_token|stream_ticket|backup_run)$|^pgboss\.(?:instance|version)$/;

// What the trail tells of the backup is written after its copy was made, and of the restore after that.
const ofTrail = `select id from audit_entry where action not like 'backup.%'`;
const compared: Readonly<Record<string, string>> = {
  'public.audit_entry': `where t.id in (${ofTrail})`,
  'public.audit_unsealed': `where t.entry_id in (${ofTrail})`,
};

/** How many rows each table has, and a hash of them all, but of what a restore empties. */
export async function contentOf(databaseUrl: string): Promise<Record<string, string>> {
  return withClient(databaseUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema') order by name`,
    );
    const content: Record<string, string> = {};
    for (const { name } of tables) {
      if (passing.test(name)) continue;
      // The transactions of events are those of another server afterwards.
      const row = name === 'public.event' ? `(to_jsonb(t) - 'transaction_id')` : 'to_jsonb(t)';
      const { rows } = await client.query<{ content: string }>(
        `select count(*) || ' rows, ' || coalesce(md5(string_agg(${row}::text, '' order by ${row}::text)), '') as content
         from ${name} t ${compared[name] ?? ''}`,
      );
      content[name] = rows[0]?.content ?? '';
    }
    return content;
  });
}

/** Uploads a file of so many random bytes. */
export async function uploadBytes(baseUrl: string, token: string, sizeBytes: number): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([randomBytes(sizeBytes)]), 'data.bin');
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${baseUrl}/files`, { method: 'POST', headers, body: form });
  assert.equal(answer.status, 201);
  return ((await answer.json()) as { id: string }).id;
}
