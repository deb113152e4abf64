import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { archiveFormat, checksumLine, entryNames, type Counts, type Manifest } from './archive.ts';
import { BackupError } from './backup-error.ts';

/** What is done with the entries. Whatever it does not read itself is read all the same, and its checksum compared. */
export type ArchiveVisitor = {
  folder?(name: string): Promise<void>;
  /** Takes the content of an entry. */
  file?(name: string, content: AsyncIterable<Buffer>): Promise<void>;
  /** Hears of each entry with its checksum, when that is known. */
  read?(entry: { name: string; sizeBytes: number; sha256: Buffer }): Promise<void>;
};

// Of texts that are held in memory: the manifest, and a thousand checksums with their names.
const longestText = 4_194_304;

/**
 * Reads an archive from its first byte to its last, and compares every checksum and count. Answers its manifest. Throws
 * `BackupError` where anything differs; the visitor has then been given entries that were not sound as a whole.
 */
export async function readArchive(
  plain: AsyncIterable<Buffer>,
  visitor: ArchiveVisitor = {},
): Promise<Manifest> {
  const untar = extract();
  const feeding = pipeline(Readable.from(plain, { objectMode: true, highWaterMark: 1 }), untar);
  feeding.catch(() => {});
  const sums = createSums(visitor);
  let manifest: Manifest | undefined;
  try {
    for await (const entry of untar) {
      const { name, type } = entry.header;
      const content = entry as AsyncIterable<Buffer>;
      if (manifest !== undefined) throw unsound(`${name} follows the manifest`);
      if (type === 'directory') {
        entry.resume();
        await visitor.folder?.(name);
      } else if (name === entryNames.manifest) manifest = sums.readManifest(await textOf(content));
      else if (name.startsWith(entryNames.checksums)) sums.compare(name, await textOf(content));
      else await sums.take(name, content);
    }
    await feeding;
  } catch (error) {
    untar.destroy();
    throw await causeOf(feeding, error);
  }
  if (manifest === undefined) throw unsound('it has no manifest');
  return manifest;
}

/** What broke the stream says more than the stream that was broken. */
async function causeOf(feeding: Promise<void>, thrown: unknown): Promise<unknown> {
  const [outcome] = await Promise.allSettled([feeding]);
  const fed: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
  const isOfSource = fed instanceof Error && !('code' in fed && fed.code === 'ERR_STREAM_PREMATURE_CLOSE');
  const cause = isOfSource ? fed : thrown;
  if (cause instanceof BackupError || !(cause instanceof Error)) return cause;
  return /tar header|end of data|Unexpected end/i.test(cause.message) ? unsound(cause.message) : cause;
}

function createSums(visitor: ArchiveVisitor) {
  const all = createHash('sha256');
  let due = '';
  let [count, sizeBytes] = [0, 0];
  return {
    async take(name: string, content: AsyncIterable<Buffer>): Promise<void> {
      const hash = createHash('sha256');
      const measured = hashed(content, hash, (length) => (size += length));
      let size = 0;
      await visitor.file?.(name, measured);
      for await (const _chunk of measured);
      const sha256 = hash.digest();
      const line = checksumLine(name, sha256);
      all.update(line);
      due += line;
      count += 1;
      sizeBytes += size;
      await visitor.read?.({ name, sizeBytes: size, sha256 });
    },
    compare(name: string, text: string): void {
      if (text !== due) throw unsound(`the checksums in ${name} are not those of the entries before`);
      due = '';
    },
    readManifest(text: string): Manifest {
      const found: Counts = { count, sizeBytes, sha256: all.digest('hex') };
      const manifest = manifestOf(text);
      const { entries } = manifest;
      const isSame =
        due === '' &&
        entries.count === found.count &&
        entries.sizeBytes === found.sizeBytes &&
        entries.sha256 === found.sha256;
      if (!isSame) throw unsound('its entries are not those that its manifest tells of');
      return manifest;
    },
  };
}

async function* hashed(
  content: AsyncIterable<Buffer>,
  hash: Hash,
  count: (length: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    hash.update(chunk);
    count(chunk.length);
    yield chunk;
  }
}

function manifestOf(text: string): Manifest {
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.format === archiveFormat) return manifest;
  throw new BackupError(
    `The archive is of format ${manifest.format}, and this program reads ${archiveFormat}: restore it with the version ${manifest.version} that made it, or a later one.`,
  );
}

async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of content) {
    length += chunk.length;
    if (length > longestText) throw unsound('its manifest or a list of checksums is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unsound(what: string): BackupError {
  return new BackupError(`The archive is not sound: ${what}. Use another one.`);
}
