import type { Deps } from '#platform/deps.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { publishCourse, unpublishCourse } from '../commands/publish-course.ts';
import { presentCourse } from '../present.ts';
import type { Render } from '#platform/rendered.ts';
import { courseSchema } from '../schemas/course.ts';

const tags = ['Courses'];
const config = { access: 'signedIn' } as const;

export function publicationRoutes(app: App, deps: Deps, render: Render): void {
  const publishing = operation('publishCourse', 'Publish a course', {
    tags,
    description: '409 `course_not_ready` lists everything that is missing. Harmless twice.',
    params: idParams,
    sends: ['etag'],
    response: { 200: courseSchema },
    errors: [401, 403, 404, 409, 412],
  });
  app.post('/courses/:id/publication', { schema: publishing, config }, async (request, reply) => {
    const actor = signedIn(request);
    const course = await publishCourse(traced(deps, request), actor, request.params.id, ifMatch(request));
    return authored(reply, course.version).send(presentCourse(course, actor, render, deps.config));
  });

  const unpublishing = operation('unpublishCourse', 'Take a course back to a draft', {
    tags,
    description: 'The enrolled keep their access. Harmless twice.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 412],
  });
  app.delete('/courses/:id/publication', { schema: unpublishing, config }, async (request, reply) => {
    await unpublishCourse(traced(deps, request), signedIn(request), request.params.id, ifMatch(request));
    return reply.status(204).send();
  });
}
