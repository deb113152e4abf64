import { safeFileName } from '#platform/http/content-disposition.ts';

/** Where a file that somebody named stands in the archive: in its folder and nowhere else, alone, and under no name of a device. */
export function entryName(folder: 'files' | 'certificates', id: string, name: string): string {
  return `${folder}/${id} ${safeFileName(name)}`.trimEnd();
}
