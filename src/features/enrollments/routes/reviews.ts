import { findStanding } from '#features/courses/commands/find-standing.ts';
import { requireIn } from '#features/courses/policy.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { reviewCourse } from '../commands/review-course.ts';
import { presentReview } from '../present.ts';
import { listReviews } from '../queries/reviews.ts';
import { reviewBody, reviewListQuery, reviewPage, reviewSchema } from '../schemas.ts';

const tags = ['Reviews'];

export function reviewRoutes(app: App, deps: Deps): void {
  const writing = operation('putReview', 'Rate and review a course', {
    tags,
    description: 'One an enrollment: again replaces it. Shown to everybody with your name.',
    params: idParams,
    body: reviewBody,
    response: { 200: reviewSchema },
    errors: [400, 401, 403, 404, 409],
  });
  // 3 statements: sign-in, look, write.
  app.put('/enrollments/:id/review', { schema: writing, config: { access: 'signedIn' } }, async (request) =>
    presentReview(
      await reviewCourse(traced(deps, request), signedIn(request), request.params.id, request.body),
    ),
  );

  const listing = operation('listReviews', 'List the reviews of a course', {
    tags,
    params: idParams,
    querystring: reviewListQuery,
    response: { 200: reviewPage },
    errors: [400, 401, 404],
  });
  // 2 statements, 3 when signed in, and one more with the total.
  app.get('/courses/:id/reviews', { schema: listing, config: { access: 'public' } }, async (request) => {
    const standing = await findStanding(deps.db, request.params.id, request.actor?.userId ?? null);
    if (!standing) throw notFound('Course');
    requireIn(request.actor, 'course.view', standing);
    const { limit = 20, sort = '-createdAt', cursor, include } = request.query;
    const withTotal = include?.includes('total') ?? false;
    const page = await listReviews(deps.db, request.params.id, { limit, sort, cursor }, withTotal);
    return {
      items: page.rows.map(presentReview),
      nextCursor: page.nextCursor,
      ...(page.total && { total: page.total }),
    };
  });
}
