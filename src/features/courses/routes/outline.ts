import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { arrangeOutline } from '../commands/arrange-outline.ts';
import { addSection, deleteSection, updateSection } from '../commands/sections.ts';
import { may, requireIn, standingOf } from '../policy.ts';
import { presentOutline, presentSection } from '../present.ts';
import { findCourseStanding } from '../queries/courses.ts';
import { listOutline, type OutlineSectionRow } from '../queries/outline.ts';
import {
  newSectionBody,
  outlineBody,
  outlineSchema,
  sectionPatch,
  sectionSchema,
} from '../schemas/outline.ts';

const tags = ['Outline'];
const config = { access: 'signedIn' } as const;

export function outlineRoutes(app: App, deps: Deps): void {
  const reading = operation('getOutline', 'Read the sections and lessons of a course', {
    tags,
    description:
      'Without content. Lessons that are not ready, and sections without a ready one, are shown to those who may edit the course only.',
    params: idParams,
    sends: ['etag'],
    response: { 200: outlineSchema },
    errors: [401, 404],
  });
  app.get(
    '/courses/:id/outline',
    { schema: reading, config: { access: 'public' } },
    async (request, reply) => {
      const { id } = request.params;
      const course = await findCourseStanding(deps.db, id, request.actor?.userId ?? null);
      if (!course) throw notFound('Course');
      const standing = standingOf(course);
      requireIn(request.actor, 'course.view', standing);
      const sections = await listOutline(deps.db, id);
      const isAuthor = may(request.actor, 'course.edit', standing);
      const shown = isAuthor ? sections : readyIn(sections);
      return authored(reply, course.outline_version).send(presentOutline(shown));
    },
  );

  const arranging = operation('arrangeOutline', 'Put sections and lessons in order', {
    tags,
    description:
      'Names every section and every lesson once, else 409 `outline_changed`. Moves lessons between sections too.',
    params: idParams,
    body: outlineBody,
    sends: ['etag'],
    response: { 200: outlineSchema },
    errors: [400, 401, 403, 404, 409, 412],
  });
  app.put('/courses/:id/outline', { schema: arranging, config }, async (request, reply) => {
    const outline = await arrangeOutline(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      request.body,
      ifMatch(request),
    );
    return authored(reply, outline.version).send(presentOutline(outline.sections));
  });

  sectionRoutes(app, deps);
}

/** What learners find. A section with nothing ready in it is still being written: its title is not told either. */
function readyIn(sections: readonly OutlineSectionRow[]): OutlineSectionRow[] {
  return sections
    .map((section) => ({ ...section, lessons: section.lessons.filter((lesson) => lesson.is_ready) }))
    .filter(({ lessons }) => lessons.length > 0);
}

function sectionRoutes(app: App, deps: Deps): void {
  const adding = operation('addSection', 'Add a section at the end of a course', {
    tags,
    params: idParams,
    body: newSectionBody,
    sends: ['etag'],
    response: { 201: sectionSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.post('/courses/:id/sections', { schema: adding, config }, async (request, reply) => {
    const section = await addSection(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      request.body.title,
    );
    return authored(reply, section.version).status(201).send(presentSection(section));
  });

  const changing = operation('updateSection', 'Change a section', {
    tags,
    params: idParams,
    body: sectionPatch,
    sends: ['etag'],
    response: { 200: sectionSchema },
    errors: [400, 401, 403, 404, 412],
  });
  app.patch('/sections/:id', { schema: changing, config }, async (request, reply) => {
    const section = await updateSection(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      request.body,
      ifMatch(request),
    );
    return authored(reply, section.version).send(presentSection(section));
  });

  const deleting = operation('deleteSection', 'Delete an empty section', {
    tags,
    description: '409 `section_not_empty` while it has lessons: move or delete them first.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409, 412],
  });
  app.delete('/sections/:id', { schema: deleting, config }, async (request, reply) => {
    await deleteSection(traced(deps, request), signedIn(request), request.params.id, ifMatch(request));
    return reply.status(204).send();
  });
}
