import { imageUrlOf, type Addressing } from '#platform/files/content-url.ts';
import { hasAccess } from './policy.ts';
import type { EnrollmentRow } from './queries/reading.ts';
import type { ReviewRow } from './queries/reviews.ts';

/** An enrollment as its learner sees it. */
export function presentEnrollment(row: EnrollmentRow, config: Addressing) {
  return {
    id: row.id,
    courseId: row.course_id,
    userId: row.user_id,
    status: row.status,
    hasAccess: hasAccess(row),
    completedAt: row.completed_at?.toISOString() ?? null,
    withdrawnAt: row.withdrawn_at?.toISOString() ?? null,
    withdrawnBy: row.withdrawn_by,
    progressPercent: row.progress_percent,
    nextLessonId: row.next_lesson_id,
    lastActivityAt: row.last_activity_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    course: {
      id: row.course_id,
      slug: row.slug,
      title: row.title,
      language: row.language,
      imageUrl: imageUrlOf(config, row),
      status: row.course_status,
    },
    review: row.rating === null ? null : { rating: row.rating, text: row.review_text },
  };
}

/** The same with its person, as staff see it. */
export function presentEnrollmentToStaff(row: EnrollmentRow, config: Addressing) {
  const user = {
    id: row.user_id,
    name: row.user_name,
    email: row.user_email,
    emailVerified: row.user_email_verified_at !== null,
  };
  return { ...presentEnrollment(row, config), user };
}

/** A review as everybody sees it: with the name that its author chose to be known by, and no id of theirs. */
export function presentReview(row: ReviewRow) {
  return {
    enrollmentId: row.enrollment_id,
    rating: row.rating,
    text: row.text,
    author: { name: row.author },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
