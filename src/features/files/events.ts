import { Type } from 'typebox';
import { definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, integer, object } from '#platform/http/schema.ts';
import { largestBytes } from '#platform/files/schemas.ts';

const data = object({
  fileId: id,
  userId: id,
  sizeBytes: integer(1, largestBytes),
  mediaType: Type.String({ maxLength: 150, description: 'By content.' }),
});
const { fileId, userId } = exampleIds;

/** Once a file, when it can be read. */
export const fileUploaded = definePublicEvent('file.uploaded', data, {
  description: 'A file was uploaded and can be read. Once a file.',
  example: { fileId, userId, sizeBytes: 48_213, mediaType: 'application/pdf' },
});
