import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';

export type ReviewRow = {
  enrollment_id: string;
  rating: number;
  text: string | null;
  author: string;
  created_at: Date;
  updated_at: Date;
};

/**
 * Writes or replaces the review of an enrollment, whose row is locked, and moves the course's sum and count by the
 * difference, in one statement.
 */
export async function putReview(
  tx: Tx,
  review: {
    enrollmentId: string;
    courseId: string;
    userId: string;
    rating: number;
    text: string | null;
    now: Date;
  },
): Promise<ReviewRow> {
  const { enrollmentId, courseId, userId, rating, text, now } = review;
  const { rows } = await sql<ReviewRow>`
    with earlier as (
      select rating from review where enrollment_id = ${enrollmentId}
    ), written as (
      insert into review (enrollment_id, course_id, user_id, rating, text, created_at, updated_at)
      values (${enrollmentId}, ${courseId}, ${userId}, ${rating}, ${text}, ${now}, ${now})
      on conflict (enrollment_id) do update set rating = excluded.rating, text = excluded.text, updated_at = excluded.updated_at
      returning enrollment_id, course_id, user_id, rating, text, created_at, updated_at
    ), counted as (
      update course_statistics
      set rating_count = rating_count + 1 - (select count(*) from earlier),
          rating_sum = rating_sum + written.rating - coalesce((select rating from earlier), 0)
      from written where course_statistics.course_id = written.course_id
    )
    select written.enrollment_id, written.rating, written.text, app_user.name as author, written.created_at, written.updated_at
    from written join app_user on app_user.id = written.user_id`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error('writing a review returned nothing');
  return row;
}

export async function listReviews(
  db: Db,
  courseId: string,
  page: Omit<PageRequest, 'filters'>,
  withTotal: boolean,
) {
  const query = db
    .selectFrom('review')
    .innerJoin('app_user', 'app_user.id', 'review.user_id')
    .select([
      'review.enrollment_id',
      'review.rating',
      'review.text',
      'app_user.name as author',
      'review.created_at',
      'review.updated_at',
    ])
    .where('review.course_id', '=', courseId);
  const keys = {
    createdAt: { by: sql.ref('review.created_at'), type: 'timestamptz' },
    rating: { by: sql`review.rating::int`, type: 'int4' },
  } as const;
  const rows = await fetchPage(query, keys, sql.ref('review.enrollment_id'), {
    ...page,
    filters: { courseId },
  });
  return { ...rows, total: withTotal ? await countCapped(db, query) : undefined };
}
