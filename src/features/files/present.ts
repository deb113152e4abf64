import type { Deps } from '#platform/deps.ts';
import { contentUrlOf, pictureUrlOf, type Reader } from '#platform/files/content-url.ts';
import type { FileRow } from './queries/files.ts';
import type { AttachmentRow } from './queries/lessons.ts';

type Addressing = Pick<Deps, 'config' | 'fileTickets' | 'clock'>;

/** A file as whoever may read it sees it. */
export function presentFile(deps: Addressing, row: FileRow, reader: Reader) {
  return {
    id: row.id,
    ownerId: row.owner_id,
    name: row.name,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256.toString('hex'),
    contentUrl: contentUrlOf(deps, row.id, reader),
    createdAt: row.created_at.toISOString(),
  };
}

export function presentAttachment(deps: Addressing, row: AttachmentRow, reader: Reader) {
  return {
    id: row.id,
    fileId: row.file_id,
    name: row.name,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    contentUrl: contentUrlOf(deps, row.file_id, reader),
  };
}

export function presentPicture({ config }: Pick<Deps, 'config'>, id: string) {
  const url = (size: 'small' | 'medium' | 'large') => pictureUrlOf(config, id, size);
  return { id, urls: { small: url('small'), medium: url('medium'), large: url('large') } };
}
