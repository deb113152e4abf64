import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import type { App } from '#platform/http/types.ts';
import { isStaff, refusalOfListing, type AttemptReader } from '../policy.ts';
import { presentAttemptItem } from '../present/attempt.ts';
import { findListStanding, listAttempts, type AttemptScope } from '../queries/attempt-lists.ts';
import { standingOf } from '../queries/standing.ts';
import { attemptListQuery, attemptPage, type AttemptListQuery } from '../schemas/attempts.ts';

const tags = ['Attempts'];
const config = { access: 'signedIn' } as const;
const description =
  'One’s own; for staff of the course all, each with its person. `status=needsGrading&sort=submittedAt` is the grading ' +
  'queue, the oldest first. One whose time ran out is `inProgress` here until the clock’s job came by.';

export function attemptListRoutes(app: App, deps: Deps): void {
  const ofQuiz = operation('listQuizAttempts', 'List attempts at a quiz', {
    tags,
    description,
    params: idParams,
    querystring: attemptListQuery,
    response: { 200: attemptPage },
    errors: [400, 401, 404],
  });
  app.get('/quizzes/:id/attempts', { schema: ofQuiz, config }, (request) =>
    readPage(deps, signedIn(request), { quizId: request.params.id }, request.query),
  );

  const ofCourse = operation('listCourseAttempts', 'List attempts at all quizzes of a course', {
    tags,
    description,
    params: idParams,
    querystring: attemptListQuery,
    response: { 200: attemptPage },
    errors: [400, 401, 403, 404],
  });
  app.get('/courses/:id/attempts', { schema: ofCourse, config }, (request) =>
    readPage(deps, signedIn(request), { courseId: request.params.id }, request.query),
  );
}

async function readPage(deps: Deps, actor: Actor, scope: AttemptScope, query: AttemptListQuery) {
  const reader = await readerOfList(deps, actor, scope);
  const { limit = 20, sort = '-startedAt', cursor, include, enrollmentId, status } = query;
  const userId = reader === 'staff' ? undefined : actor.userId;
  const filters = { scope, userId, enrollmentId, status };
  const withTotal = include?.includes('total') ?? false;
  const page = await listAttempts(deps.db, filters, { limit, sort, cursor }, withTotal);
  const now = deps.clock.now();
  return {
    items: page.rows.map((row) => presentAttemptItem(row, reader, now)),
    nextCursor: page.nextCursor,
    ...(page.total && { total: page.total }),
  };
}

async function readerOfList(deps: Deps, actor: Actor, scope: AttemptScope): Promise<AttemptReader> {
  const row = await findListStanding(deps.db, scope, actor.userId);
  if (!row) throw notFound('quizId' in scope ? 'Quiz' : 'Course');
  const course = standingOf(row);
  const lesson = 'quizId' in scope ? { isPreview: row.is_preview, isReady: row.is_ready } : null;
  const refusal = refusalOfListing(actor, { course, lesson, wasEnrolled: row.was_enrolled });
  if (refusal) throw refusal;
  return isStaff(actor, course) ? 'staff' : 'learner';
}
