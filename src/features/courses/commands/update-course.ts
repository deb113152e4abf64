import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, invalid } from '#platform/errors.ts';
import { pictureUrlOf } from '#platform/files/content-url.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { plainTextOf, summaryOf } from '../plain-text.ts';
import {
  claimSlug,
  updateCourse,
  type CourseChange,
  type CourseRow,
  type CourseStanding,
} from '../queries/courses.ts';
import { descriptionMissing, isBlank } from '../readiness.ts';
import type { CoursePatch } from '../schemas/course.ts';
import { searchDocumentOf } from '../search.ts';
import { isValidSlug } from '../slug.ts';
import { requireLanguage, checkHttpsUrl } from './course-input.ts';
import { getCourse, lockCourseFor } from './get-course.ts';

/**
 * What authors change of a course. 400, 403, 404, 409 `slug_taken`, 409 `course_not_ready` for emptying the
 * description of a published one, 412.
 */
export async function updateCourseByAuthor(
  deps: Deps,
  actor: Actor,
  id: string,
  patch: CoursePatch,
  versions: number[] | null,
): Promise<CourseRow> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const course = await lockCourseFor(tx, actor, id, 'course.edit');
    requireVersion(versions, course.version);
    const change = changeOf(withoutShown(deps, course, patch));
    refuseEmptying(course, change);
    if (change.slug !== undefined) await takeSlug(tx, id, change.slug, now);
    await updateCourse(tx, id, change, searchOf(course, change), now);
    return getCourse(tx, id, actor.userId);
  });
}

// A front end that sends back what it read changes nothing.
function withoutShown({ config }: Deps, course: CourseStanding, patch: CoursePatch): CoursePatch {
  const { imageUrl, ...rest } = patch;
  const isShown = course.picture_id !== null && imageUrl === pictureUrlOf(config, course.picture_id, 'large');
  return isShown ? rest : patch;
}

function changeOf(patch: CoursePatch): CourseChange {
  checkHttpsUrl('/imageUrl', patch.imageUrl);
  const { slug, category, level, visibility, selfEnrollment, imageUrl } = patch;
  return {
    ...(slug !== undefined && { slug: checkedSlug(slug) }),
    ...(patch.title !== undefined && { title: patch.title.trim() }),
    ...(patch.description !== undefined && describe(patch.description ?? '')),
    ...(category !== undefined && { category: category?.trim() ?? null }),
    ...(level !== undefined && { level }),
    ...(patch.language !== undefined && { language: requireLanguage(patch.language) }),
    ...(visibility !== undefined && { visibility }),
    ...(selfEnrollment !== undefined && { self_enrollment: selfEnrollment }),
    // In the place of one that was uploaded.
    ...(imageUrl !== undefined && { image_url: imageUrl, picture_id: null }),
  };
}

function describe(description: string): Pick<CourseChange, 'description' | 'summary'> {
  return { description, summary: summaryOf(plainTextOf(description)) };
}

function checkedSlug(slug: string): string {
  if (isValidSlug(slug)) return slug;
  throw invalid('The body is not valid.', [
    {
      path: '/slug',
      code: 'slug_invalid',
      message:
        'It must be lower-case words of letters and digits joined by "-", at most 80 characters, and no id.',
    },
  ]);
}

function refuseEmptying(course: CourseStanding, { description }: CourseChange): void {
  if (course.published_at !== null && description !== undefined && isBlank(description)) {
    throw conflict('course_not_ready', 'A published course keeps its description.', [descriptionMissing]);
  }
}

async function takeSlug(tx: Tx, courseId: string, slug: string, now: Date): Promise<void> {
  if (await claimSlug(tx, courseId, slug, now)) return;
  throw conflict('slug_taken', 'Another course has or had this address.', [
    { path: '/slug', code: 'slug_taken', message: 'Another course has or had this address.' },
  ]);
}

function searchOf(course: CourseStanding, change: CourseChange) {
  if (change.title === undefined && change.description === undefined && change.language === undefined)
    return undefined;
  return searchDocumentOf({
    title: change.title ?? course.title,
    description: plainTextOf(change.description ?? course.description),
    language: change.language ?? course.language,
  });
}
