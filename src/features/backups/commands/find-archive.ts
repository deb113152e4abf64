import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { decrypt } from '#platform/backup/age.ts';
import { BackupError } from '#platform/backup/backup-error.ts';
import { backupKeys, openTarget } from '#platform/backup/open-target.ts';
import type { Config } from '#platform/config/config.ts';
import type { Logger } from '#platform/log.ts';

/** An archive that can be read, decrypted, as often as needed. */
export type Archive = { name: string; read(): Promise<AsyncGenerator<Buffer>> };

/** `wanted` is the path of a file, the name of a backup where the settings have them kept, or `latest`. */
export async function findArchive(config: Config, log: Logger, wanted: string): Promise<Archive> {
  const keys = backupKeys(config);
  const opened = (name: string, read: () => Promise<Readable>): Archive => ({
    name,
    read: async () => decrypt((await read()) as AsyncIterable<Buffer>, keys),
  });
  if (wanted.includes(path.sep) || existsSync(wanted))
    return opened(path.basename(wanted), () => readFile(path.resolve(wanted)));
  const target = openTarget(config, log);
  if (wanted !== 'latest') return opened(wanted, () => target.read(wanted));
  const [newest] = await target.list();
  if (newest === undefined) throw new BackupError(`There is no backup in ${target.place}.`);
  return opened(newest.name, () => target.read(newest.name));
}

async function readFile(file: string): Promise<Readable> {
  try {
    return (await open(file)).createReadStream({ highWaterMark: 262_144 });
  } catch (error) {
    throw new BackupError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}
