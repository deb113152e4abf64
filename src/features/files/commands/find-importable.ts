import type { Readable } from 'node:stream';
import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { FileMissingError } from '#platform/files/file-store.ts';
import { managesFile } from '../policy.ts';
import { findFile } from '../queries/files.ts';

/** A file of the actor's own, or that they manage, for features that read what is in it. 404 for others'. */
export async function findImportable(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  id: string,
): Promise<{ mediaType: string }> {
  const file = await findFile(deps.db, id);
  if (!file || !managesFile(actor, { ownerId: file.owner_id })) throw notFound('File');
  return { mediaType: file.media_type };
}

/** The bytes of a file, by the program itself; undefined where it was deleted. 503 where the store is away. */
export async function openFile(deps: Pick<Deps, 'db' | 'files'>, id: string): Promise<Readable | undefined> {
  const file = await findFile(deps.db, id);
  if (!file) return undefined;
  try {
    return await deps.files.read(file.store_key);
  } catch (error) {
    if (error instanceof FileMissingError) return undefined;
    throw error;
  }
}
