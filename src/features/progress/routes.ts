import { may } from '#features/courses/policy.ts';
import { mayViewEnrollment } from '#features/enrollments/policy.ts';
import type { Deps } from '#platform/deps.ts';
import { invalid, notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { confirmCompletion } from './commands/confirm-completion.ts';
import { saveHeartbeat } from './commands/save-heartbeat.ts';
import { isMet, presentProgress, presentReached } from './present.ts';
import { findMetEnrollment, listLessons } from './queries/lessons.ts';
import {
  completionBody,
  heartbeatBody,
  lessonParams,
  lessonReachedSchema,
  progressSchema,
} from './schemas.ts';
import { standingOf } from './standing.ts';

const tags = ['Progress'];
const config = { access: 'signedIn' } as const;

export function progressRoutes(app: App, deps: Deps): void {
  const reading = operation('getProgress', 'Read how far an enrollment came, and what is missing', {
    tags,
    params: idParams,
    response: { 200: progressSchema },
    errors: [401, 404],
  });
  // 3 statements: sign-in, enrollment, lessons.
  app.get('/enrollments/:id/progress', { schema: reading, config }, async (request) => {
    const actor = signedIn(request);
    const enrollment = await findMetEnrollment(deps.db, request.params.id, actor.userId);
    const standing = enrollment && standingOf(actor, enrollment);
    if (!standing || !mayViewEnrollment(actor, standing)) throw notFound('Enrollment');
    const lessons = await listLessons(deps.db, enrollment);
    // Who left a course that is hidden since reads their own records, and no titles of what came later.
    const isVisible = may(actor, 'course.view', standing.course);
    return presentProgress(enrollment, isVisible ? lessons : lessons.filter(isMet));
  });

  const beating = operation('saveHeartbeat', 'Tell that a lesson is being learned', {
    tags,
    description:
      'May come late, twice or out of order. Of a video the union of all `watched` counts, at most 10 s and twice the time ' +
      'since its first heartbeat; what is above that counts as time passes, with the next heartbeat, and until then ' +
      '`missing` has `credit_limited` with `secondsToWait`. It completes when enough of it is watched.',
    params: lessonParams,
    body: heartbeatBody,
    isBodyOptional: true,
    response: { 200: lessonReachedSchema },
    errors: [400, 401, 403, 404, 409],
  });
  // 4 statements: sign-in, lock, lesson, write. 6 where it completes: events, jobs.
  app.put('/enrollments/:id/lessons/:lessonId/progress', { schema: beating, config }, async (request) => {
    const { id: enrollmentId, lessonId } = request.params;
    const heartbeat = { ...request.body, occurredAt: timeOf(request.body.occurredAt) };
    return presentReached(
      await saveHeartbeat(traced(deps, request), signedIn(request), { enrollmentId, lessonId }, heartbeat),
    );
  });

  const completing = operation(
    'completeLesson',
    'Confirm a text lesson, or ask whether another is complete',
    {
      tags,
      params: lessonParams,
      body: completionBody,
      isBodyOptional: true,
      response: { 200: lessonReachedSchema },
      errors: [400, 401, 403, 404, 409],
    },
  );
  // 3 statements, 6 where it completes: sign-in, lock, lesson, write, events, jobs.
  app.put(
    '/enrollments/:id/lessons/:lessonId/completion',
    { schema: completing, config },
    async (request) => {
      const { id: enrollmentId, lessonId } = request.params;
      return presentReached(
        await confirmCompletion(traced(deps, request), signedIn(request), { enrollmentId, lessonId }),
      );
    },
  );
}

// RFC 3339 knows leap seconds and JavaScript does not.
function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) {
    throw invalid('The body is not valid.', [
      { path: '/occurredAt', code: 'format', message: 'It is no time.' },
    ]);
  }
  return at;
}
