import type { Rights } from '#features/roles/commands/explain-rights.ts';
import { hasPermission, type Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { contentUrlOf, imageUrlOf, type Addressing, type Reader } from '#platform/files/content-url.ts';
import { groundsIn, permissionsIn, standingOf, type Standing } from './policy.ts';
import type { CourseListRow, CourseRow } from './queries/courses.ts';
import type { LessonRow } from './queries/lessons.ts';
import type { OutlineLessonRow, OutlineSectionRow, SectionRow } from './queries/outline.ts';
import type { StaffRow } from './queries/staff.ts';
import type { Render } from '#platform/rendered.ts';

export function presentCourse(row: CourseRow, actor: Actor | null, render: Render, config: Addressing) {
  return {
    ...presentCourseSummary(row, actor, config),
    description: row.description,
    descriptionHtml: render(row.description),
  };
}

/** A course as lists show it: nothing that has to be rendered. */
export function presentCourseSummary(row: CourseListRow, actor: Actor | null, config: Addressing) {
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    summary: row.summary,
    category: row.category,
    level: row.level,
    language: row.language,
    visibility: row.visibility,
    selfEnrollment: row.self_enrollment,
    imageUrl: imageUrlOf(config, row),
    status: row.status,
    publishedAt: row.published_at?.toISOString() ?? null,
    archivedAt: row.archived_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    instructors: row.instructors.map(({ id, name }) => ({ id, name })),
    statistics: {
      enrollmentCount: row.enrollment_count,
      completionCount: row.completion_count,
      ratingCount: row.rating_count,
      ratingAverage:
        row.rating_count === 0 ? null : Math.round((row.rating_sum / row.rating_count) * 100) / 100,
      lessonCount: row.lesson_totals.lessonCount,
      durationSeconds: row.lesson_totals.durationSeconds,
    },
    ...(actor && { viewer: presentViewer(row, actor) }),
  };
}

function presentViewer(row: CourseListRow, actor: Actor) {
  return {
    courseRole: row.staff_role,
    enrollmentId: row.enrollment_id,
    permissions: [...permissionsIn(actor, standingOf(row))],
  };
}

export function presentOutline(sections: readonly OutlineSectionRow[]) {
  return {
    sections: sections.map(({ id, title, lessons }) => ({
      id,
      title,
      lessons: lessons.map(presentOutlineLesson),
    })),
  };
}

function presentOutlineLesson(row: OutlineLessonRow) {
  return {
    id: row.id,
    title: row.title,
    type: row.type,
    durationSeconds: row.duration_seconds,
    isPreview: row.is_preview,
    isRequired: row.is_required,
    isReady: row.is_ready,
    completion: completionOf(row),
  };
}

export function presentSection(row: SectionRow) {
  return {
    id: row.id,
    courseId: row.course_id,
    title: row.title,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** What of the program a lesson's answer is made with, and for whom. */
export type LessonPresenting = {
  render: Render;
  deps: Pick<Deps, 'config' | 'fileTickets' | 'clock'>;
  reader: Reader;
};

export function presentLesson(row: LessonRow, { render, deps, reader }: LessonPresenting) {
  return {
    ...presentOutlineLesson(row),
    courseId: row.course_id,
    sectionId: row.section_id,
    content: row.content,
    contentHtml: render(row.content),
    videoUrl: row.video_url,
    attachments: row.attachments.map(({ id, fileId, name, mediaType, sizeBytes }) => ({
      ...{ id, fileId, name, mediaType, sizeBytes },
      contentUrl: contentUrlOf(deps, fileId, reader),
    })),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function completionOf({ type, watched_percent }: Pick<LessonRow, 'type' | 'watched_percent'>) {
  switch (type) {
    case 'text':
    case 'file':
      return { rule: 'confirmed' as const };
    case 'video':
      return { rule: 'watched' as const, watchedPercent: watched_percent };
    case 'quiz':
      return { rule: 'passed' as const };
  }
}

/** With the address for those who manage people, and for the person: whoever only knows an id learns none. */
export function presentStaff(row: StaffRow, actor: Actor) {
  const maySeeAddress = actor.userId === row.user_id || hasPermission(actor, 'users.manage');
  return {
    user: { id: row.user_id, name: row.name, email: maySeeAddress ? row.email : null },
    role: row.role,
    createdAt: row.created_at.toISOString(),
  };
}

export function presentRights(
  actor: Actor,
  { permissions }: Rights,
  course: { id: string; standing: Standing } | null,
) {
  return {
    userId: actor.userId,
    role: actor.role,
    permissions: permissions.map(({ permission, isOfRole, customRoles }) => ({
      permission,
      isOfRole,
      customRoles: customRoles.map(({ id, name, group }) => ({ id, name, group })),
    })),
    course: course && {
      courseId: course.id,
      permissions: [...permissionsIn(actor, course.standing)],
      grounds: groundsIn(actor, course.standing).map(({ ground, permissions: given }) => ({
        by: ground.by,
        permission: ground.by === 'permission' ? ground.permission : null,
        staffRole: ground.by === 'staff' ? ground.role : null,
        permissions: [...given],
      })),
    },
  };
}
