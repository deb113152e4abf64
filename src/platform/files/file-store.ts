import type { Readable } from 'node:stream';

/** What was stored: counted and hashed while it streamed by. */
export type StoredFile = { sizeBytes: number; sha256: Buffer };
export type FoundFile = { sizeBytes: number; modifiedAt: Date };
export type ListedFile = FoundFile & { key: string };

export type PutOptions = {
  contentType: string;
  /** Ends the upload; nothing is left of it. */
  signal?: AbortSignal;
};

export type DownloadUrlOptions = {
  /** Any text: it is made safe here. */
  fileName: string;
  contentType: string;
  disposition: 'inline' | 'attachment';
  expiresInSeconds: number;
};

/**
 * Where files are kept: below a folder, or in a container of Azure Blob Storage. Keys are made by the program
 * (`files/<uuid>`; see `checkKey`), never by people. A store that is away answers AppError 503 `unavailable`, a
 * full one 507 `insufficient_storage`.
 */
export type FileStore = {
  readonly kind: 'local' | 'azure';
  /**
   * Stores all that the source gives, or nothing; streamed, never whole in memory. Where the source fails or the
   * signal is aborted, it throws that error and leaves what stood under the key before. Replaces what is there.
   * The source is destroyed where this fails. A limit of size is the caller's: let the source fail.
   */
  put(key: string, source: Readable, options: PutOptions): Promise<StoredFile>;
  /** All bytes, or those from start to end, both inclusive and within the file. Throws `FileMissingError`. */
  read(key: string, range?: { start: number; end: number }): Promise<Readable>;
  find(key: string): Promise<FoundFile | undefined>;
  /** Harmless where there is none. */
  remove(key: string): Promise<void>;
  /** Every file whose key begins with the prefix, in no order; such as `files/`. Read in pages as it goes. */
  list(prefix: string): AsyncIterable<ListedFile>;
  /** A short-lived address to read this one file from the store itself; null where the store serves none. */
  downloadUrl(key: string, options: DownloadUrlOptions): Promise<string | null>;
  /**
   * A short-lived address to which a client may PUT this one file, once, as one body and with these headers; null
   * where the store takes none. It creates only: what stands under the key cannot be replaced through it.
   */
  uploadUrl(
    key: string,
    options: { contentType: string; expiresInSeconds: number },
  ): Promise<{ url: string; headers: Record<string, string> } | null>;
  /** Throws, with what to do about it, where the store cannot be reached or written. */
  check(): Promise<void>;
};

/** Nothing is stored under the key. */
export class FileMissingError extends Error {
  override name = 'FileMissingError';
  constructor(key: string) {
    super(`There is no file ${key}.`);
  }
}

const longestKey = 200;
// Lower case: file systems that know no case must not make two keys one file.
const keyPattern = /^[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9][a-z0-9_-]*)*(?:\.[a-z0-9]{1,8})?$/;

/** Throws for what is no key: parts of lower-case letters, digits, `-` and `_` between slashes, then an extension. */
export function checkKey(key: string): void {
  if (key.length > longestKey || !keyPattern.test(key)) throw new TypeError('A key of a file is malformed.');
}

/** Throws for what is no beginning of a key: whole parts, each with its slash. */
export function checkPrefix(prefix: string): void {
  if (!prefix.endsWith('/')) throw new TypeError('A prefix of files must end with a slash.');
  checkKey(prefix.slice(0, -1));
}
