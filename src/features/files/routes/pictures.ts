import { createHash } from 'node:crypto';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { FileMissingError } from '#platform/files/file-store.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { sendFile } from '#platform/http/send-file.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import {
  pictureKeyOf,
  removeAvatar,
  removeCoursePicture,
  setAvatar,
  setCoursePicture,
} from '../commands/set-picture.ts';
import { createResize, type Resize } from '../picture/resize.ts';
import { presentPicture } from '../present.ts';
import { contentAnswer, fileChoice, pictureParams, pictureSchema } from '../schemas.ts';

const config = { access: 'signedIn' } as const;

export function pictureRoutes(app: App, deps: Deps): void {
  const resize = createResize();
  avatarRoutes(app, deps, resize);
  coursePictureRoutes(app, deps, resize);

  const reading = operation('getPicture', 'A picture of a person or a course', {
    tags: ['Files'],
    description:
      'For anyone, at an address that cannot be guessed and never changes: WebP, to be kept for a year.',
    params: pictureParams,
    sends: ['ranges'],
    response: { 200: contentAnswer, 206: contentAnswer },
    errors: [404, 416],
  });
  // No statement but the sign-in of who is signed in.
  app.get(
    '/pictures/:id/:size',
    { schema: reading, config: { access: 'public', ignoresCaller: true } },
    async (request, reply) => {
      const { id, size } = request.params;
      const key = pictureKeyOf(id, size);
      const found = await deps.files.find(key);
      if (!found) throw notFound('Picture');
      return sendFile(request, reply, {
        sizeBytes: found.sizeBytes,
        // Never other bytes under this key, so it stands for them.
        sha256: createHash('sha256').update(key).digest(),
        contentType: 'image/webp',
        fileName: `${size}.webp`,
        fallbackName: `${size}.webp`,
        disposition: 'inline',
        cacheControl: 'public, max-age=31536000, immutable',
        open: (range) =>
          deps.files.read(key, range).catch((error: unknown) => {
            throw error instanceof FileMissingError ? notFound('Picture') : error;
          }),
      });
    },
  );
}

function avatarRoutes(app: App, deps: Deps, resize: Resize): void {
  const setting = operation('putMyAvatar', 'Give yourself a picture', {
    tags: ['Me'],
    description:
      'Made from a file of yours, cut square, without its metadata. The file is not needed afterwards.',
    body: fileChoice,
    response: { 200: pictureSchema },
    errors: [400, 401, 404, 429, 507],
  });
  app.put('/me/avatar', { schema: setting, config }, async (request) => {
    const { fileId } = request.body;
    return presentPicture(
      deps,
      await setAvatar(traced(deps, request), signedIn(request), { resize, fileId }),
    );
  });

  const removing = operation('deleteMyAvatar', 'Take your picture away', {
    tags: ['Me'],
    response: { 204: noContent },
    errors: [401],
  });
  app.delete('/me/avatar', { schema: removing, config }, async (request, reply) => {
    await removeAvatar(traced(deps, request), signedIn(request));
    return reply.status(204).send();
  });
}

function coursePictureRoutes(app: App, deps: Deps, resize: Resize): void {
  const setting = operation('putCoursePicture', 'Give a course a picture', {
    tags: ['Courses'],
    description:
      'Made from a file of yours, without its metadata; `imageUrl` shows it. The file is not needed afterwards.',
    params: idParams,
    body: fileChoice,
    response: { 200: pictureSchema },
    errors: [400, 401, 403, 404, 429, 507],
  });
  app.put('/courses/:id/picture', { schema: setting, config }, async (request) => {
    const actor = signedIn(request);
    const making = { resize, fileId: request.body.fileId };
    return presentPicture(
      deps,
      await setCoursePicture(traced(deps, request), actor, request.params.id, making),
    );
  });

  const removing = operation('deleteCoursePicture', 'Take the picture of a course away', {
    tags: ['Courses'],
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete('/courses/:id/picture', { schema: removing, config }, async (request, reply) => {
    await removeCoursePicture(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(204).send();
  });
}
