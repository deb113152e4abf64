import { Type, type Static } from 'typebox';
import {
  id,
  integer,
  named,
  object,
  oneLine,
  oneOf,
  pageOf,
  streamedKeyword,
  text,
  time,
} from '#platform/http/schema.ts';
import { attachmentSchema, fileFields, largestBytes } from '#platform/files/schemas.ts';
import { pictureSizes } from '#platform/files/content-url.ts';

export const maxAttachments = 100;

export const fileSchema = named(
  'File',
  object({
    id,
    ownerId: id,
    ...fileFields,
    sha256: Type.String({ description: 'Of the content, in hex.' }),
    createdAt: time,
  }),
);

const byteString = { type: 'string', format: 'binary' } as const;
/** No JSON; read as a stream by the route. */
export const uploadForm = Type.Unsafe<undefined>({
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: { file: byteString },
        required: ['file'],
        additionalProperties: false,
        [streamedKeyword]: true,
      },
    },
  },
});
export const uploadBytes = Type.Unsafe<undefined>({
  content: { 'application/octet-stream': { schema: { ...byteString, [streamedKeyword]: true } } },
});
export const contentAnswer = Type.Unsafe<unknown>({
  description: 'The content.',
  content: { '*/*': { schema: byteString } },
});

const ticket = Type.Optional(
  Type.String({ maxLength: 200, description: 'As in `contentUrl`, where no access token can be sent.' }),
);
export const contentQuery = object({
  disposition: Type.Optional(
    oneOf(['inline', 'attachment'], {
      default: 'inline',
      description: 'What could run scripts, such as SVG and HTML, is an attachment whatever is asked for.',
    }),
  ),
  ticket,
});

export const newUploadBody = named(
  'NewUpload',
  object({
    fileName: text(1, 500),
    sizeBytes: integer(1, largestBytes),
    contentType: Type.Optional(
      oneLine(1, 200, { description: 'What the client takes it for. The type is found in the content.' }),
    ),
  }),
);
export const uploadSchema = named(
  'Upload',
  object({
    id: Type.Unsafe<string>({ ...id, description: 'Becomes the id of the file.' }),
    url: Type.String({ description: 'Takes the content as one body, once.' }),
    method: oneOf(['PUT']),
    headers: Type.Record(Type.String(), Type.String(), { description: 'To be sent with it.' }),
    expiresAt: time,
  }),
);
export const uploadQuery = object({ ticket: Type.String({ minLength: 1, maxLength: 200 }) });
export const completionBody = named('UploadCompletion', object({}));

export const fileChoice = named('FileChoice', object({ fileId: id }));
export const attachmentPage = pageOf('AttachmentPage', attachmentSchema);
export const attachmentParams = object({ id, attachmentId: id });

const address = Type.String();
export const pictureSchema = named(
  'Picture',
  object(
    { id, urls: object({ small: address, medium: address, large: address }) },
    { description: 'Public addresses that never change: another picture has others.' },
  ),
);
export const pictureParams = object({ id, size: oneOf(pictureSizes) });

export type NewUploadInput = Static<typeof newUploadBody>;
