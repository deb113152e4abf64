import type { Dirent } from 'node:fs';
import { opendir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ListedFile } from './file-store.ts';
import type { LocalFolder } from './local-folder.ts';
import { folderOfPrefix, keyAtPath, statFile } from './local-paths.ts';

/** The files below a prefix, read folder by folder. What is no file of ours, links among it, is passed over. */
export async function* listFiles(at: LocalFolder, prefix: string): AsyncGenerator<ListedFile> {
  const waiting = [folderOfPrefix(prefix)];
  const root = await at.attemptIfThere(() => realpath(at.folder), nothing);
  if (root === undefined) return;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for await (const entry of entriesOf(at, path.join(root, next))) {
      const relative = path.join(next, entry.name);
      if (entry.isDirectory()) waiting.push(relative);
      const key = entry.isFile() ? keyAtPath(relative) : undefined;
      if (key === undefined) continue;
      const found = await at.attemptIfThere(() => statFile(path.join(root, relative)), nothing);
      if (found) yield { key, sizeBytes: found.size, modifiedAt: found.mtime };
    }
  }
}

async function* entriesOf(at: LocalFolder, folder: string): AsyncGenerator<Dirent> {
  const opened = await at.attemptIfThere(() => opendir(folder), nothing);
  // Closed by the loop, also where it is left early.
  if (opened) yield* opened;
}

function nothing(): undefined {
  return undefined;
}
