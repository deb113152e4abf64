import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { addLesson } from '../commands/add-lesson.ts';
import { deleteLesson, updateLessonByAuthor } from '../commands/update-lesson.ts';
import { refusalOfLesson, standingOf } from '../policy.ts';
import { presentLesson } from '../present.ts';
import { findLesson } from '../queries/lessons.ts';
import type { Render } from '#platform/rendered.ts';
import { lessonPatch, lessonSchema, newLessonBody } from '../schemas/outline.ts';

const tags = ['Lessons'];
const config = { access: 'signedIn' } as const;

export function lessonRoutes(app: App, deps: Deps, render: Render): void {
  const adding = operation('addLesson', 'Add a lesson at the end of a section', {
    tags,
    params: idParams,
    body: newLessonBody,
    sends: ['etag', 'location'],
    response: { 201: lessonSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.post('/sections/:id/lessons', { schema: adding, config }, async (request, reply) => {
    const actor = signedIn(request);
    const lesson = await addLesson(traced(deps, request), actor, request.params.id, request.body);
    const location = locationOf(deps, `/lessons/${lesson.id}`);
    return authored(reply, lesson.version)
      .status(201)
      .header('location', location)
      .send(presentLesson(lesson, { render, deps, reader: actor }));
  });

  const reading = operation('getLesson', 'Read a lesson with its content', {
    tags,
    description:
      'For the enrolled, the staff, and anyone where it is a preview of a published course; 401 for the anonymous and 403 `not_enrolled` otherwise.',
    params: idParams,
    sends: ['etag'],
    response: { 200: lessonSchema },
    errors: [401, 403, 404],
  });
  app.get('/lessons/:id', { schema: reading, config: { access: 'public' } }, async (request, reply) => {
    const reader = request.actor;
    const lesson = await findLesson(deps.db, request.params.id, reader?.userId ?? null);
    if (!lesson) throw notFound('Lesson');
    const flags = { isPreview: lesson.is_preview, isReady: lesson.is_ready };
    const refusal = refusalOfLesson(request.actor, standingOf(lesson), flags);
    if (refusal) throw refusal;
    return authored(reply, lesson.version).send(presentLesson(lesson, { render, deps, reader }));
  });

  changingRoutes(app, deps, render);
}

function changingRoutes(app: App, deps: Deps, render: Render): void {
  const changing = operation('updateLesson', 'Change a lesson', {
    tags,
    description:
      'Its type never changes. 409 `course_not_ready` where a published course would be left without it.',
    params: idParams,
    body: lessonPatch,
    sends: ['etag'],
    response: { 200: lessonSchema },
    errors: [400, 401, 403, 404, 409, 412],
  });
  app.patch('/lessons/:id', { schema: changing, config }, async (request, reply) => {
    const actor = signedIn(request);
    const { id } = request.params;
    const lesson = await updateLessonByAuthor(
      traced(deps, request),
      actor,
      id,
      request.body,
      ifMatch(request),
    );
    const presenting = { render, deps, reader: actor };
    return authored(reply, lesson.version).send(presentLesson(lesson, presenting));
  });

  const deleting = operation('deleteLesson', 'Delete a lesson', {
    tags,
    description:
      'It is hidden; learners’ records of it stay. A published course keeps a last required lesson.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409, 412],
  });
  app.delete('/lessons/:id', { schema: deleting, config }, async (request, reply) => {
    await deleteLesson(traced(deps, request), signedIn(request), request.params.id, ifMatch(request));
    return reply.status(204).send();
  });
}
