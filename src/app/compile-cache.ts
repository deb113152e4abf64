import { lstatSync, mkdirSync } from 'node:fs';
import { constants, enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Keeps compiled code between starts; without it a start takes three times as long. It is kept in the project, or,
 * where this user cannot write there, in a folder of the user's own for temporary files. Node's own choice, one
 * folder in /tmp for all users, would let others put code there that we would run, and fails for the second user.
 */
export function keepCompiledCode(): void {
  const inProject = path.join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'compiled');
  const { status } = enableCompileCache(inProject);
  if (status !== constants.compileCacheStatus.FAILED) return;
  const own = ownFolder();
  if (own !== undefined) enableCompileCache(own);
}

function ownFolder(): string | undefined {
  const uid = process.getuid?.();
  const folder = path.join(tmpdir(), `lms-compiled-${uid ?? 'user'}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    const isOurs =
      found.isDirectory() && (uid === undefined || (found.uid === uid && (found.mode & 0o022) === 0));
    return isOurs ? folder : undefined;
  } catch {
    return undefined;
  }
}
