import type { Readable } from 'node:stream';
import { pictureKeyOf } from '#features/files/commands/set-picture.ts';
import type { Deps } from '#platform/deps.ts';
import { FileMissingError } from '#platform/files/file-store.ts';
import { rowPages } from '../queries/export-rows.ts';
import {
  certificateDocuments,
  findSubject,
  uploadedFiles,
  type StoredThing,
} from '../queries/stored-things.ts';
import { register } from '../register.ts';
import { aboutOf, dataFileOf } from './about.ts';
import { entryName } from './entry-name.ts';
import { readmeOf } from './readme.ts';
import type { Zip } from './zip.ts';

type FillDeps = Pick<Deps, 'db' | 'files' | 'config' | 'clock' | 'log'>;
export type Filling = {
  personId: string;
  /** Called before each part; throws where there is to be no more. */
  next: () => Promise<void>;
};

/**
 * All that a person is given: the rows of the register, some hundred in memory at a time, and the files and documents, streamed.
 * What is written meanwhile may be in it or not.
 */
export async function fillArchive(deps: FillDeps, zip: Zip, { personId, next }: Filling): Promise<void> {
  const at = deps.clock.now();
  const subject = await findSubject(deps.db, personId);
  const readme = await readmeOf({ locale: subject?.locale ?? 'en', project: deps.config.projectName, at });
  await zip.add('README.txt', [readme], at);
  for (const entry of register) {
    const pages = rowPages(deps.db, entry, personId);
    const first = await pages.next();
    if (!first.done) await zip.add(dataFileOf(entry), linesOf(first.value, pages, next), at);
  }
  const missing: string[] = [];
  const addAll = async (folder: 'files' | 'certificates', pages: AsyncGenerator<StoredThing[]>) => {
    for await (const page of pages)
      for (const thing of page) {
        await next();
        const name = entryName(folder, thing.id, folder === 'files' ? thing.name : `${thing.name}.pdf`);
        if (!(await addThing(deps, zip, name, thing))) missing.push(name);
      }
  };
  await addAll('files', uploadedFiles(deps.db, personId));
  await addPicture(deps, zip, subject?.avatarId ?? null, at);
  await addAll('certificates', certificateDocuments(deps.db, personId));
  await zip.add('about.json', [`${JSON.stringify(aboutOf(register, at, missing), null, 2)}\n`], at);
}

async function* linesOf(
  first: readonly string[],
  rest: AsyncIterable<readonly string[]>,
  next: () => Promise<void>,
): AsyncGenerator<string> {
  yield `[\n${first.join(',\n')}`;
  for await (const rows of rest) {
    await next();
    yield `,\n${rows.join(',\n')}`;
  }
  yield '\n]\n';
}

/** False where the store does not have it. */
async function addThing({ files, log }: FillDeps, zip: Zip, name: string, thing: StoredThing) {
  const { store_key: key, content, created_at: at, size_bytes: sizeBytes } = thing;
  if (key === null) {
    await zip.add(name, [content ?? Buffer.alloc(0)], at, sizeBytes);
    return true;
  }
  const source = await openIfThere(files, key);
  if (source) await zip.add(name, source as AsyncIterable<Buffer>, at, sizeBytes);
  else log.warn({ id: thing.id }, 'privacy: a file is not in the store, and not in the export of its owner');
  return source !== undefined;
}

async function addPicture({ files }: FillDeps, zip: Zip, avatarId: string | null, at: Date): Promise<void> {
  if (avatarId === null) return;
  const key = pictureKeyOf(avatarId, 'large');
  const [found, source] = [await files.find(key), await openIfThere(files, key)];
  if (source) await zip.add('files/picture.webp', source as AsyncIterable<Buffer>, at, found?.sizeBytes ?? 0);
}

async function openIfThere(files: Deps['files'], key: string): Promise<Readable | undefined> {
  return files.read(key).catch((error: unknown) => {
    if (error instanceof FileMissingError) return undefined;
    throw error;
  });
}
