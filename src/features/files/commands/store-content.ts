import { Readable } from 'node:stream';
import type { Deps } from '#platform/deps.ts';
import { AppError, invalid } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { inspect } from '../content/inspect.ts';
import { isAllowedType } from '../content/serving.ts';
import { programTypes } from '../content/signatures.ts';

export type Content = { storeKey: string; mediaType: string; sizeBytes: number; sha256: Buffer };

export type StoreOptions = {
  /** Cleaned. */
  name: string;
  limitBytes: number;
  /** Thrown as soon as there is more. */
  tooLarge: () => Error;
  signal?: AbortSignal;
};

/** Streams content into the store under a new key. Where it fails, nothing is left. 413, 503, 507. */
export async function storeContent(
  deps: Deps,
  source: AsyncIterable<Buffer>,
  { signal, ...options }: StoreOptions,
): Promise<Content> {
  const storeKey = newStoreKey();
  const inspection = inspect(source, options);
  const put = { contentType: 'application/octet-stream', ...(signal && { signal }) };
  const stored = await deps.files.put(
    storeKey,
    Readable.from(inspection.content, { objectMode: false }),
    put,
  );
  return { storeKey, mediaType: inspection.mediaType(), ...stored };
}

/** Files are kept under keys of their own, which no client learns. */
export function newStoreKey(): string {
  return `files/${newId()}`;
}

/**
 * Throws for content in the store that may not become a file: empty (400), of a type that the settings do not allow
 * (400 `file_type_not_allowed`), infected (400 `file_infected`), larger than the scanner takes (413), and, where the
 * scanner is away, not looked at (503).
 */
export async function checkContent(deps: Deps, content: Content): Promise<void> {
  if (content.sizeBytes === 0) {
    throw invalid('The file is empty.', [{ code: 'file_empty', message: 'It needs at least one byte.' }]);
  }
  refuseType(deps, content.mediaType);
  await scan(deps, content);
}

/** Takes bytes away that nothing names. What cannot be removed now, the sweep removes. */
export async function discardContent(deps: Deps, storeKey: string): Promise<void> {
  await deps.files
    .remove(storeKey)
    .catch((error: unknown) =>
      deps.log.warn({ err: error, storeKey }, 'files: content is left to the sweep'),
    );
}

function refuseType({ config }: Deps, mediaType: string): void {
  if (isAllowedType(mediaType, config.uploadAllowedTypes, programTypes)) return;
  throw new AppError(400, 'file_type_not_allowed', 'Files of this type are not taken here.', {
    errors: [
      {
        code: 'file_type_not_allowed',
        params: { mediaType },
        message: `By its content it is of the type ${mediaType}.`,
      },
    ],
  });
}

async function scan(deps: Deps, { storeKey, sizeBytes }: Content): Promise<void> {
  if (deps.scanner === null) return;
  const { found } = await deps.scanner.scan(await deps.files.read(storeKey));
  if (found === null) return;
  deps.log.warn({ virus: found, sizeBytes }, 'files: an infected upload was refused');
  throw new AppError(400, 'file_infected', 'The virus scanner refuses this file.');
}
