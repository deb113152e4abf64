import { refusalOfLesson } from '#features/courses/policy.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import type { Reader } from '#platform/files/content-url.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { requireFileLesson, setLessonFile } from '../commands/lesson-files.ts';
import { presentFile } from '../present.ts';
import { findLessonStanding, type LessonStanding } from '../queries/lessons.ts';
import { fileChoice, fileSchema } from '../schemas.ts';

const tags = ['Lessons'];

export function lessonFileRoutes(app: App, deps: Deps): void {
  const reading = operation('getLessonFile', 'Read the file of a lesson', {
    tags,
    description: 'For whoever may read the lesson. 404 until it has one.',
    params: idParams,
    response: { 200: fileSchema },
    errors: [401, 403, 404, 409],
  });
  // 2 statements: sign-in, lesson with its file.
  app.get('/lessons/:id/file', { schema: reading, config: { access: 'public' } }, async (request) => {
    const lesson = await getReadable(deps, request.params.id, request.actor);
    return presentFileOf(deps, lesson, request.actor);
  });

  const setting = operation('putLessonFile', 'Give a lesson of type file its file', {
    tags,
    description:
      'For staff who edit the course: a file of theirs, or one that the course uses already. The lesson is ready then.',
    params: idParams,
    body: fileChoice,
    response: { 200: fileSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.put('/lessons/:id/file', { schema: setting, config: { access: 'signedIn' } }, async (request) => {
    const actor = signedIn(request);
    const { id } = request.params;
    await setLessonFile(traced(deps, request), actor, { lessonId: id, fileId: request.body.fileId });
    return presentFileOf(deps, await getReadable(deps, id, actor), actor);
  });
}

/** A lesson that the actor may read; throws what reading the lesson throws. */
export async function getReadable(deps: Deps, id: string, actor: Actor | null): Promise<LessonStanding> {
  const lesson = await findLessonStanding(deps.db, id, actor?.userId ?? null);
  if (!lesson) throw notFound('Lesson');
  const flags = { isPreview: lesson.is_preview, isReady: lesson.is_ready };
  const refusal = refusalOfLesson(actor, lesson.standing, flags);
  if (refusal) throw refusal;
  return lesson;
}

function presentFileOf(deps: Deps, lesson: LessonStanding, reader: Reader) {
  requireFileLesson(lesson);
  if (!lesson.file) throw notFound('File');
  return presentFile(deps, lesson.file, reader);
}
