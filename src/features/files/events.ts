import { Type } from 'typebox';
import { defineEvent } from '#platform/events.ts';
import { id, object } from '#platform/http/schema.ts';

/** Once a file, when it can be read. */
export const fileUploaded = defineEvent(
  'file.uploaded',
  object({ fileId: id, userId: id, sizeBytes: Type.Integer({ minimum: 1 }), mediaType: Type.String() }),
);
