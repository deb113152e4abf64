import { randomBytes } from 'node:crypto';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Session } from '#platform/db/session.ts';
import { clusterFolder } from './cluster.ts';

/** A file or, where `content` is missing, a folder of the copy. Paths are relative to the cluster. */
export type ClusterEntry = { path: string; sizeBytes: number; content?: AsyncIterable<Buffer> };

// What PostgreSQL itself leaves out of a base backup: https://www.postgresql.org/docs/17/protocol-replication.html
const emptied = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const leftOut =
  /^(?:postmaster\.pid|postmaster\.opts|backup_label(?:\.old)?|tablespace_map(?:\.old)?|backup_manifest|pg_internal\.init.*|pgsql_tmp.*|postgresql\.auto\.conf\.tmp|current_logfiles\.tmp)$/;
// Last, since the others may be newer than it says.
const controlFile = 'global/pg_control';

/**
 * The files of a running cluster, between pg_backup_start and pg_backup_stop, with the log that makes them consistent. The
 * session is used until all is read; where it ends early, the server forgets the backup by itself.
 */
export async function* readCluster(session: Session, dataDir: string): AsyncGenerator<ClusterEntry> {
  const folder = clusterFolder(dataDir);
  // Keeps the log of the time of the copy from being recycled, and goes with the session.
  await session.query('select pg_create_physical_replication_slot($1, true, true)', [
    `lms_backup_${randomBytes(4).toString('hex')}`,
  ]);
  const [started] = await session.query<{ file: string }>(
    `select pg_walfile_name(pg_backup_start('lms backup', true)) as file`,
  );
  yield* readFolder(folder, '');
  yield* readFile(folder, controlFile);
  const [stopped] = await session.query<{ file: string; label: string }>(
    `select pg_walfile_name(lsn) as file, labelfile as label from pg_backup_stop(false)`,
  );
  if (!started || !stopped) throw new Error('PostgreSQL did not say where the backup began and ended.');
  const label = Buffer.from(stopped.label);
  yield { path: 'backup_label', sizeBytes: label.length, content: once(label) };
  yield* readLog(folder, started.file, stopped.file);
}

async function* readFolder(root: string, relative: string): AsyncGenerator<ClusterEntry> {
  for (const entry of await readdir(path.join(root, relative), { withFileTypes: true })) {
    const at = path.posix.join(relative, entry.name);
    if (leftOut.test(entry.name) || at === controlFile || at === 'pg_wal') continue;
    if (entry.isDirectory()) {
      yield { path: at, sizeBytes: 0 };
      if (!emptied.has(at)) yield* readFolder(root, at);
    } else if (entry.isFile()) yield* readFile(root, at);
  }
}

async function* readLog(root: string, first: string, last: string): AsyncGenerator<ClusterEntry> {
  for (const folder of ['pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries'])
    yield { path: folder, sizeBytes: 0 };
  for (const name of (await readdir(path.join(root, 'pg_wal'))).toSorted()) {
    const isNeeded = /^[0-9A-F]{24}$/.test(name) ? name >= first && name <= last : name.endsWith('.history');
    if (isNeeded) yield* readFile(root, `pg_wal/${name}`);
  }
}

/** As long as it is now: what is cut off or added meanwhile is mended from the log. Nothing where it is gone. */
async function* readFile(root: string, relative: string): AsyncGenerator<ClusterEntry> {
  let handle: FileHandle;
  try {
    handle = await open(path.join(root, relative));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    yield { path: relative, sizeBytes: size, content: exactly(handle, size) };
  } finally {
    await handle.close();
  }
}

async function* exactly(handle: FileHandle, size: number): AsyncGenerator<Buffer> {
  let left = size;
  while (left > 0) {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(Math.min(left, 262_144)) });
    // Cut off meanwhile: the rest stays zeros.
    const chunk = bytesRead === 0 ? buffer : buffer.subarray(0, bytesRead);
    left -= chunk.length;
    yield chunk;
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
