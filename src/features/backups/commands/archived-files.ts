import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { entryNames } from '#platform/backup/archive.ts';
import type { Db } from '#platform/db/database.ts';
import { createArchivedFiles, insertArchivedFiles } from '../queries/consistency.ts';

type Entry = { name: string; sizeBytes: number; sha256: Buffer };
type Line = { key: string; sizeBytes: number; sha256: string };

/** The keys and checksums of an archive's files, kept on the disk until the database is there that is held against them. */
export type ArchivedFiles = {
  note(entry: Entry): Promise<void>;
  /** Puts them into a table of this connection. */
  load(db: Db): Promise<void>;
  remove(): Promise<void>;
};

const linesAtOnce = 1_000;

export async function noteArchivedFiles(): Promise<ArchivedFiles> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lms-archive-'));
  const file = path.join(folder, 'files');
  const stream = createWriteStream(file, { mode: 0o600 });
  stream.on('error', () => {});
  return {
    async note({ name, sizeBytes, sha256 }) {
      if (!name.startsWith(entryNames.stored)) return;
      const line: Line = {
        key: name.slice(entryNames.stored.length),
        sizeBytes,
        sha256: sha256.toString('hex'),
      };
      await new Promise<void>((resolve, reject) => {
        stream.write(`${JSON.stringify(line)}\n`, (error) => (error ? reject(error) : resolve()));
      });
    },
    async load(db) {
      stream.end();
      await finished(stream);
      await createArchivedFiles(db);
      let lines: Line[] = [];
      for await (const text of createInterface({ input: createReadStream(file) })) {
        lines.push(JSON.parse(text) as Line);
        if (lines.length < linesAtOnce) continue;
        await insertArchivedFiles(db, lines);
        lines = [];
      }
      await insertArchivedFiles(db, lines);
    },
    async remove() {
      stream.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
