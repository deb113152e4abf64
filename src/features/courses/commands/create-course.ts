import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { plainTextOf, summaryOf } from '../plain-text.ts';
import { insertCourse, type CourseRow } from '../queries/courses.ts';
import type { NewCourseInput } from '../schemas/course.ts';
import { searchDocumentOf } from '../search.ts';
import { claimSlugFor } from './claim-slug.ts';
import { requireLanguage, checkHttpsUrl } from './course-input.ts';
import { getCourse } from './get-course.ts';

/** Makes a draft; its creator becomes its owner. 400 for a language or an address that is none. */
export async function createCourse(
  deps: Deps,
  actor: Pick<Actor, 'userId'>,
  input: NewCourseInput,
): Promise<CourseRow> {
  const title = input.title.trim();
  const language = requireLanguage(input.language ?? 'en');
  checkHttpsUrl('/imageUrl', input.imageUrl);
  const description = input.description ?? '';
  const plain = plainTextOf(description);
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const id = newId();
    const slug = await claimSlugFor(tx, id, title, now);
    await insertCourse(tx, {
      id,
      slug,
      title,
      description,
      summary: summaryOf(plain),
      category: input.category?.trim() ?? null,
      level: input.level ?? null,
      language,
      visibility: input.visibility ?? 'listed',
      selfEnrollment: input.selfEnrollment ?? 'open',
      imageUrl: input.imageUrl ?? null,
      search: searchDocumentOf({ title, description: plain, language }),
      ownerId: actor.userId,
      now,
    });
    await deps.audit.record(tx, { action: 'course.created', targetId: id, courseId: id });
    return getCourse(tx, id, actor.userId);
  });
}
