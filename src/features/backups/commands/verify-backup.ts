import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest } from '#platform/backup/archive.ts';
import { BackupError } from '#platform/backup/backup-error.ts';
import { openTarget } from '#platform/backup/open-target.ts';
import { readArchive } from '#platform/backup/read-archive.ts';
import type { Config } from '#platform/config/config.ts';
import { clearOrphan } from '#platform/db/embedded/orphan.ts';
import { claimDataDir } from '#platform/db/embedded/owner-file.ts';
import { migrate } from '#platform/db/migrate.ts';
import { openSession, type Session } from '#platform/db/session.ts';
import { newId } from '#platform/ids.ts';
import type { Logger } from '#platform/log.ts';
import type { Broken } from '../queries/consistency.ts';
import { endInterrupted, endRun, hasRuns, insertRun } from '../queries/runs.ts';
import { takeLock } from '../queries/snapshot.ts';
import { noteArchivedFiles } from './archived-files.ts';
import { databaseUrlOf, type BackupDeps } from './database-of.ts';
import { examine } from './examine.ts';
import { findArchive, type Archive } from './find-archive.ts';
import { requireReadable } from './require-readable.ts';
import { restoreCluster } from './restore-cluster.ts';
import { restoreDump } from './restore-dump.ts';
import { takeScratch } from './scratch.ts';
import { noteFailure } from './take-backup.ts';

export type Verified = { archive: string; manifest: Manifest; broken: Broken[] };

type VerifyOptions = { config: Config; log: Logger; archive: Archive; signal: AbortSignal };

/** Whether it can be written down there how a verification went. */
export async function canNoteRuns(databaseUrl: string): Promise<boolean> {
  const session = await openSession(databaseUrl, 'lms-backup');
  try {
    return await hasRuns(session);
  } finally {
    await session.close();
  }
}

/** Verifies the newest backup, and writes down how that went. Of two at once the second is told `busy`. */
export async function verifyNewest(
  deps: BackupDeps,
  signal: AbortSignal,
): Promise<Verified | 'busy' | 'nothing'> {
  const { config, db, clock, log } = deps;
  if ((await openTarget(config, log).list()).length === 0) return 'nothing';
  const archive = await findArchive(config, log, 'latest');
  const session = await openSession(databaseUrlOf(config), 'lms-backup');
  try {
    if (!(await takeLock(session, 'verification'))) return 'busy';
    await endInterrupted(db, 'verification', clock.now());
    const run = { id: newId(), kind: 'verification' as const, archive: archive.name, now: clock.now() };
    await insertRun(db, run);
    try {
      const stop = AbortSignal.any([signal, session.lost]);
      const verified = await restoreForLook({ config, log, archive, signal: stop }, session);
      const error = verified.broken[0]?.check;
      const outcome = error === undefined ? ('succeeded' as const) : ('failed' as const);
      await endRun(db, run.id, { outcome, sizeBytes: null, error: error ?? null }, clock.now());
      return verified;
    } catch (error) {
      await noteFailure(deps, run.id, error);
      throw error;
    }
  } finally {
    await session.close();
  }
}

/**
 * Restores an archive beside the database, runs the checks of consistency, and throws the copy away: a database beside
 * that of the settings, or a cluster of its own below DATA_DIR. Nothing else is changed. Throws `BackupError` where the
 * archive is not sound.
 */
export async function verifyArchive(options: VerifyOptions): Promise<Verified | 'busy'> {
  const { databaseUrl } = options.config;
  if (databaseUrl === null) return restoreForLook(options, null);
  const session = await openSession(databaseUrl, 'lms-backup');
  try {
    if (!(await takeLock(session, 'verification'))) return 'busy';
    return await restoreForLook(options, session);
  } finally {
    await session.close();
  }
}

async function restoreForLook(options: VerifyOptions, session: Session | null): Promise<Verified> {
  const { archive } = options;
  // Read once before anything is made: a wrong key, a cut archive and a changed byte need no database to be told.
  const manifest = await readArchive(await archive.read());
  await requireReadable(manifest);
  if (manifest.database.kind === 'cluster')
    return { archive: archive.name, manifest, broken: await lookAtCluster(options) };
  if (session === null)
    throw new BackupError('The archive holds a dump, which needs a server to be tried on: set DATABASE_URL.');
  return { archive: archive.name, manifest, broken: await lookAtDump(options, session) };
}

async function lookAtDump({ config, archive, signal }: VerifyOptions, session: Session): Promise<Broken[]> {
  const files = await noteArchivedFiles();
  const scratch = await takeScratch(session, databaseUrlOf(config));
  try {
    const { databaseUrl, firstSql } = scratch;
    await restoreDump({ archive, databaseUrl, firstSql, lastSql: '', store: null, files, signal });
    await migrate(databaseUrl);
    return await examine(databaseUrl, files);
  } finally {
    await files.remove();
    // Not where the connection is gone: the next one takes away what is left.
    if (!session.lost.aborted) await scratch.giveBack();
  }
}

async function lookAtCluster({ config, log, archive, signal }: VerifyOptions): Promise<Broken[]> {
  const place = path.join(config.dataDir, 'verify');
  await mkdir(place, { recursive: true, mode: 0o700 });
  // One at a time; what a killed one left is taken away by the next.
  const release = claimDataDir(place);
  const files = await noteArchivedFiles();
  try {
    await removeScratches(place);
    const folder = path.join(place, `scratch-${randomBytes(4).toString('hex')}`);
    const { postgres } = await restoreCluster({ archive, folder, store: null, files, log, signal });
    try {
      await migrate(postgres.url);
      return await examine(postgres.url, files);
    } finally {
      await postgres.stop();
    }
  } finally {
    await files.remove();
    await removeScratches(place);
    release();
  }
}

async function removeScratches(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    if (!name.startsWith('scratch-')) continue;
    // The database of a killed process may still run there.
    await clearOrphan(path.join(place, name, 'cluster'));
    await rm(path.join(place, name), { recursive: true, force: true, maxRetries: 5 });
  }
}
