import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inUse } from './embedded-postgres-error.ts';
import { processStart } from './process-identity.ts';

/** `id` names this claim alone, `startedAt` tells the owner from a later process with its pid. */
type Owner = { id: string; pid: number; startedAt: string };

const UNREADABLE: Owner = { id: 'unreadable', pid: 0, startedAt: '' };

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Undefined where there is no file. A file cut short by a crash of the machine counts as a dead owner's. */
function readOwner(file: string): Owner | undefined {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const { id, pid, startedAt } = JSON.parse(content) as Partial<Owner>;
    if (typeof id !== 'string' || !/^[0-9a-f]+$/.test(id)) return UNREADABLE;
    return { id, pid: Number(pid), startedAt: String(startedAt) };
  } catch {
    return UNREADABLE;
  }
}

/** Makes `file` appear, complete, or finds that it exists. */
function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes `file`, whoever comes first. The file of a dead owner is replaced only by the one who first
 * took the right to succeed that very claim (`file.<id>`, taken in the same way): without it, of two
 * who both saw the dead owner, the slower would replace the file of the faster, living one.
 */
function take(file: string, draft: string, dataDir: string): void {
  while (!linked(draft, file)) {
    const owner = readOwner(file);
    if (owner === undefined) continue;
    if (processStart(owner.pid) === owner.startedAt) throw inUse(dataDir, owner.pid);
    const succession = `${file}.${owner.id}`;
    take(succession, draft, dataDir);
    // Only now is it sure that nobody succeeded that owner between our look and our taking.
    if (readOwner(file)?.id === owner.id) {
      renameSync(succession, file);
      return;
    }
    rmSync(succession, { force: true });
  }
}

/**
 * Makes this process the one owner of the data folder, until the returned function is called or the
 * process ends, however it ends.
 *
 * @throws EmbeddedPostgresError `in_use` where a living process owns the folder
 */
export function claimDataDir(dataDir: string): () => void {
  const owner: Owner = {
    id: randomBytes(8).toString('hex'),
    pid: process.pid,
    startedAt: processStart(process.pid) ?? '',
  };
  const file = path.join(dataDir, 'owner.json');
  const draft = path.join(dataDir, `owner-${owner.id}.new`);
  try {
    writeFileSync(draft, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
    take(file, draft, dataDir);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (readOwner(file)?.id === owner.id) rmSync(file, { force: true });
  };
}
