import { randomBytes } from 'node:crypto';
import { BackupError } from '#platform/backup/backup-error.ts';
import { hasBackups } from '#platform/backup/open-target.ts';
import type { Config } from '#platform/config/config.ts';
import { accountNameOf } from '#platform/db/app-account.ts';
import { sqlStateOf } from '#platform/db/errors.ts';
import { openSession, type Session } from '#platform/db/session.ts';
import {
  createScratch,
  createStandingScratch,
  dropScratches,
  emptyDatabaseSql,
  findStandingScratch,
} from '../queries/restoring.ts';
import { withDatabase } from './database-of.ts';

/** A database into which a backup is restored for a look. */
export type Scratch = {
  databaseUrl: string;
  /** Makes it empty, in the transaction of the restore. */
  firstSql: string;
  /** Takes away what was restored. */
  giveBack(): Promise<void>;
};

/**
 * The database that `migrate` made for an account that may make none, or one that is made now. To be called by the one that
 * has the lock. Throws `BackupError` where there is neither.
 */
export async function takeScratch(session: Session, databaseUrl: string): Promise<Scratch> {
  const { name, isThere, isOurs } = await findStandingScratch(session);
  if (isThere && isOurs) {
    const url = withDatabase(databaseUrl, name);
    return { databaseUrl: url, firstSql: emptyDatabaseSql, giveBack: () => empty(url) };
  }
  await dropScratches(session);
  try {
    const made = await createScratch(session, randomBytes(4).toString('hex'));
    const giveBack = () => dropScratches(session);
    return { databaseUrl: withDatabase(databaseUrl, made), firstSql: '', giveBack };
  } catch (error) {
    if (sqlStateOf(error) !== '42501') throw error;
    throw new BackupError(
      `The account of DATABASE_URL may not make a database to restore into: run "lms migrate" with DATABASE_OWNER_URL and the settings of backups, or let an administrator run: create database "${name}" owner "${accountNameOf(databaseUrl)}"`,
      { cause: error },
    );
  }
}

async function empty(databaseUrl: string): Promise<void> {
  const session = await openSession(databaseUrl, 'lms-restore');
  try {
    await session.query(`begin; ${emptyDatabaseSql} commit;`);
  } finally {
    await session.close();
  }
}

/**
 * Makes that database for the account of `url`, where backups are made. Where the owner may not, it says so, and the weekly
 * look fails until an administrator has made it.
 */
export async function provideScratch({
  ownerUrl,
  url,
  config,
  tell,
}: {
  ownerUrl: string;
  url: string;
  config: Config;
  tell: (message: string) => void;
}): Promise<void> {
  if (!hasBackups(config)) return;
  const session = await openSession(ownerUrl, 'lms-migrate');
  try {
    const { name, isThere } = await findStandingScratch(session);
    if (isThere) return;
    const account = accountNameOf(url);
    await createStandingScratch(session, name, account).catch((error: unknown) => {
      // 42P04: another process was quicker.
      if (sqlStateOf(error) === '42P04') return;
      if (sqlStateOf(error) !== '42501') throw error;
      tell(
        `the account of DATABASE_OWNER_URL may not make the database "${name}", in which backups are tried: let an administrator run: create database "${name}" owner "${account}"`,
      );
    });
  } finally {
    await session.close();
  }
}
