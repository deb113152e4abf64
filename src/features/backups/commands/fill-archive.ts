import { archiveFormat, entryNames, type Manifest } from '#platform/backup/archive.ts';
import { BackupError } from '#platform/backup/backup-error.ts';
import { dumpDatabase } from '#platform/backup/dump.ts';
import type { ArchiveEntries } from '#platform/backup/write-archive.ts';
import { isEmbedded } from '#platform/config/config.ts';
import { describeOpenSettings } from '#platform/config/describe.ts';
import { readCluster } from '#platform/db/embedded/base-backup.ts';
import { readAppliedState } from '#platform/db/readiness-queries.ts';
import type { Session } from '#platform/db/session.ts';
import { FileMissingError, type FileStore, type ListedFile } from '#platform/files/file-store.ts';
import { closeSnapshot, countRows, openSnapshot, readServerMajor } from '../queries/snapshot.ts';
import { databaseUrlOf, embeddedFolder, type BackupDeps } from './database-of.ts';
import { encryptionKeyMark } from './encryption-key-mark.ts';

type Source = { deps: BackupDeps; session: Session; takenAt: Date; signal: AbortSignal };
type Stored = Manifest['stored'];

/** Where the store has files. */
const prefixes = ['files/', 'pictures/', 'certificates/'];
// Clocks of this machine and of the store may differ.
const skewMs = 5 * 60_000;

/**
 * The files of the store, then the database, then the files that came meanwhile: whatever the database names is there, also
 * where it is deleted before the backup has come so far.
 */
export async function fillArchive(source: Source, entries: ArchiveEntries): Promise<void> {
  const { deps, session, takenAt, signal } = source;
  const stored: Stored = { count: 0, sizeBytes: 0 };
  const since = Date.now() - skewMs;
  const recent = new Set<string>();
  for await (const file of listStored(deps.files, signal)) {
    const isAdded = await addStored(entries, deps.files, file, stored);
    if (isAdded && file.modifiedAt.getTime() >= since) recent.add(file.key);
  }
  const postgres = await readServerMajor(session);
  const rows = isEmbedded(deps.config)
    ? await addCluster(source, entries)
    : await addDump(source, entries, postgres);
  for await (const file of listStored(deps.files, signal)) {
    if (file.modifiedAt.getTime() >= since && !recent.has(file.key))
      await addStored(entries, deps.files, file, stored);
  }
  const settings = describeOpenSettings(deps.config);
  await entries.addText(entryNames.settings, `${JSON.stringify(settings, null, 2)}\n`);
  const { migrations } = await readAppliedState(deps.db);
  const counts = await entries.sum();
  const manifest: Manifest = {
    format: archiveFormat,
    takenAt: takenAt.toISOString(),
    version: deps.config.version,
    database: { kind: rows === null ? 'cluster' : 'dump', postgres, migrations, rows },
    stored,
    entries: counts,
    encryptionKeyMark: encryptionKeyMark(deps.config),
  };
  await entries.addText(entryNames.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
}

async function* listStored(files: FileStore, signal: AbortSignal): AsyncGenerator<ListedFile> {
  for (const prefix of prefixes) {
    for await (const file of files.list(prefix)) {
      signal.throwIfAborted();
      yield file;
    }
  }
}

/** False where the file was deleted since it was listed. */
async function addStored(
  entries: ArchiveEntries,
  files: FileStore,
  { key, sizeBytes }: ListedFile,
  stored: Stored,
): Promise<boolean> {
  try {
    const content = (await files.read(key)) as AsyncIterable<Buffer>;
    await entries.add(`${entryNames.stored}${key}`, sizeBytes, content);
    Object.assign(stored, { count: stored.count + 1, sizeBytes: stored.sizeBytes + sizeBytes });
    return true;
  } catch (error) {
    if (error instanceof FileMissingError) return false;
    throw error;
  }
}

async function addDump(
  { deps, session, signal }: Source,
  entries: ArchiveEntries,
  serverMajor: number,
): Promise<Record<string, number>> {
  const snapshot = await openSnapshot(session);
  const databaseUrl = databaseUrlOf(deps.config);
  let count = 0;
  for await (const part of dumpDatabase({ databaseUrl, serverMajor, snapshot, signal })) {
    count += 1;
    await entries.add(`${entryNames.dump}${String(count).padStart(8, '0')}`, part.length, [part]);
  }
  if (count === 0) throw new BackupError('pg_dump wrote nothing.');
  const rows = await countRows(session);
  await closeSnapshot(session);
  return rows;
}

async function addCluster({ deps, session, signal }: Source, entries: ArchiveEntries): Promise<null> {
  for await (const { path, sizeBytes, content } of readCluster(session, embeddedFolder(deps.config))) {
    signal.throwIfAborted();
    const name = `${entryNames.cluster}${path}`;
    if (content === undefined) await entries.addFolder(`${name}/`);
    else await entries.add(name, sizeBytes, content);
  }
  return null;
}
