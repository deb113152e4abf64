import { Type } from 'typebox';
import { id, integer, named, object } from '#platform/http/schema.ts';

/** What UPLOAD_LIMIT_BYTES can be at most. */
export const largestBytes = 5_000_000_000;

/** What every answer says that names a file. */
export const fileFields = {
  name: Type.String({ description: 'As uploaded, made safe.' }),
  mediaType: Type.String({ description: 'By content, whatever the client said.' }),
  sizeBytes: integer(1, largestBytes),
  contentUrl: Type.String({
    description:
      'For `<img>`, `<video>` and links: bears a ticket of the caller’s for this file alone, valid for some hours.',
  }),
};

/** A file of a lesson: in the lesson, and in the list of its attachments. */
export const attachmentSchema = named('Attachment', object({ id, fileId: id, ...fileFields }));
