import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isUuid } from '#platform/ids.ts';
import { MailError } from './mail-error.ts';

/** The folder `outbox` below DATA_DIR: messages as `.eml` files, for reading them where no mail server is set. */
export type OutboxFolder = { dataDir: string };

/** The oldest messages beyond so many are deleted. */
export const maxOutboxMessages = 500;
const hourMs = 3_600_000;

/**
 * Writes a message, in the place of one of the same id: sent again, it is still one. There is never half a file: it is
 * written under another name and then renamed. Throws `MailError`, temporary, where the disk is full or closed to us.
 */
export async function writeToOutbox(folder: OutboxFolder, id: string, bytes: Uint8Array): Promise<void> {
  const directory = directoryOf(folder);
  const unfinished = path.join(directory, `${id}.${process.pid}.part`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeDurably(unfinished, bytes);
    await rename(unfinished, fileOf(folder, id));
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw outboxFailure(error);
  }
  await prune(directory);
}

/** Ids of the messages, newest first: ids are in the order of time. */
export async function listOutbox(folder: OutboxFolder, limit: number): Promise<string[]> {
  const names = await namesIn(directoryOf(folder));
  return idsAmong(names).slice(0, limit);
}

export async function readFromOutbox(folder: OutboxFolder, id: string): Promise<Buffer | undefined> {
  try {
    return await readFile(fileOf(folder, id));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Harmless where there are none. */
export async function removeFromOutbox(folder: OutboxFolder, ids: readonly string[]): Promise<void> {
  for (const id of ids) await rm(fileOf(folder, id), { force: true });
}

/** Deletes messages of before this time, which their ids tell. */
export async function purgeOutbox(folder: OutboxFolder, before: Date): Promise<void> {
  const ids = idsAmong(await namesIn(directoryOf(folder)));
  await removeFromOutbox(
    folder,
    ids.filter((id) => timeOf(id) < before.getTime()),
  );
}

// A UUIDv7 begins with the milliseconds.
function timeOf(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// Also what a process left that died while it was writing.
async function prune(directory: string): Promise<void> {
  const names = await namesIn(directory);
  const surplus = idsAmong(names).slice(maxOutboxMessages);
  await Promise.all(surplus.map((id) => rm(path.join(directory, `${id}.eml`), { force: true })));
  for (const name of names.filter((each) => each.endsWith('.part'))) {
    const file = path.join(directory, name);
    const found = await stat(file).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > hourMs) await rm(file, { force: true });
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function idsAmong(names: readonly string[]): string[] {
  const ids = names.flatMap((name) => (name.endsWith('.eml') ? [name.slice(0, -'.eml'.length)] : []));
  return ids.filter(isUuid).toSorted().toReversed();
}

function outboxFailure(error: unknown): MailError {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new MailError('temporary', 'outbox_full', 'The disk of DATA_DIR is full: free some space.');
  const message = `The outbox below DATA_DIR cannot be written (${code ?? 'unknown'}).`;
  return new MailError('temporary', 'outbox_unwritable', message);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

function directoryOf({ dataDir }: OutboxFolder): string {
  return path.join(dataDir, 'outbox');
}

function fileOf(folder: OutboxFolder, id: string): string {
  return path.join(directoryOf(folder), `${id}.eml`);
}
