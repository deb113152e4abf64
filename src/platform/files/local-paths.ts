import { createHash } from 'node:crypto';
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { checkKey, checkPrefix } from './file-store.ts';

/** What is being written, until it is whole. No key has a part that begins so. */
export const draftFolder = '_drafts';

/**
 * Where a key lies, relative to the store's folder: `files/<id>` at `files/_3f/<id>`. The folder in between, one of
 * 256 by the key's hash, keeps folders small; its name is no part of any key, so that no two keys collide.
 */
export function pathOfKey(key: string): string {
  checkKey(key);
  const shard = createHash('sha256').update(key).digest('hex').slice(0, 2);
  return path.join(path.dirname(key), `_${shard}`, path.basename(key));
}

/** The folder below which all keys of a prefix lie. */
export function folderOfPrefix(prefix: string): string {
  checkPrefix(prefix);
  return prefix.slice(0, -1);
}

/** The key whose file lies at a relative path; undefined for a file that is none of ours. */
export function keyAtPath(relative: string): string | undefined {
  const parts = relative.split(path.sep);
  parts.splice(-2, 1);
  const key = parts.join('/');
  try {
    return pathOfKey(key) === relative ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Throws where a link on the way leads out of the place where the folder should be. `root` has none itself. */
export async function refuseLinks(root: string, folder: string): Promise<void> {
  const expected = path.join(root, folder);
  if ((await realpath(expected)) !== expected)
    throw Object.assign(new Error(`${expected} leads elsewhere by a link`), { code: 'ELOOP' });
}

/** The file itself, never what a link in its place leads to. */
export async function statFile(file: string) {
  const stat = await lstat(file);
  if (!stat.isFile()) throw Object.assign(new Error(`${file} is no file`), { code: 'ELOOP' });
  return stat;
}
