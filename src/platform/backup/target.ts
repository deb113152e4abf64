import type { Readable } from 'node:stream';

export type StoredBackup = { name: string; takenAt: Date; sizeBytes: number };

/** Where backups are kept. */
export type BackupTarget = {
  /** For people: a folder, or a container. */
  readonly place: string;
  /** Stores all that the source gives under a name that is not there yet, or nothing. Returns how many bytes. */
  put(name: string, source: Readable, signal: AbortSignal): Promise<number>;
  /** Throws `BackupError` where there is none of the name. */
  read(name: string): Promise<Readable>;
  /** All that are complete, the newest first. */
  list(): Promise<StoredBackup[]>;
  remove(name: string): Promise<void>;
  /** Takes away what processes that were killed have left. To be called while no backup is written. */
  tidy(): Promise<void>;
};

const namePattern = /^lms-(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)z\.age$/;

/** A backup is called by the second in which it was begun, in UTC: `lms-20261125t011700z.age`. */
export function backupName(takenAt: Date): string {
  return `lms-${takenAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase()}z.age`;
}

/** When the backup of this name was begun; undefined for what is none of ours. */
export function takenAtOf(name: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = namePattern.exec(name) ?? [];
  if (year === undefined) return undefined;
  const takenAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(takenAt.getTime()) ? undefined : takenAt;
}

/** Those of the files that are backups of ours, the newest first. */
export function backupsOf(files: readonly { name: string; sizeBytes: number }[]): StoredBackup[] {
  return files
    .flatMap(({ name, sizeBytes }) => {
      const takenAt = takenAtOf(name);
      return takenAt === undefined ? [] : [{ name, takenAt, sizeBytes }];
    })
    .toSorted((one, other) => other.takenAt.getTime() - one.takenAt.getTime());
}
