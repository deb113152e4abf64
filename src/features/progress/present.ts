import { missingIn } from './missing.ts';
import type { LessonReached } from './commands/save-heartbeat.ts';
import type { LessonRow, MetEnrollment } from './queries/lessons.ts';

export function presentProgress(enrollment: MetEnrollment, lessons: readonly LessonRow[]) {
  const sections = new Map(lessons.map((lesson) => [lesson.section_id, lesson.section_title]));
  return {
    enrollmentId: enrollment.id,
    courseId: enrollment.courseId,
    enrollmentStatus: enrollment.status,
    progressPercent: enrollment.progressPercent,
    sections: [...sections].map(([id, title]) => ({ id, title })),
    lessons: lessons.map(presentLesson),
  };
}

export function presentReached({ lesson, progressPercent, enrollmentStatus }: LessonReached) {
  return { ...presentLesson(lesson), progressPercent, enrollmentStatus };
}

function presentLesson(row: LessonRow) {
  return {
    lessonId: row.lesson_id,
    sectionId: row.section_id,
    title: row.title,
    type: row.type,
    isRequired: row.is_required,
    status: statusOf(row),
    completedAt: row.completed_at?.toISOString() ?? null,
    positionSeconds: row.position_seconds,
    secondsSpent: Math.floor(row.seconds_spent),
    watchedSeconds: row.seconds_watched,
    durationSeconds: row.duration_seconds,
    missing: missingIn(row),
  };
}

/** Whether its learner began with the lesson. */
export function isMet(row: LessonRow): boolean {
  return statusOf(row) !== 'notStarted';
}

function statusOf({
  completed_at,
  first_seen_at,
  quiz,
}: LessonRow): 'notStarted' | 'inProgress' | 'completed' {
  if (completed_at) return 'completed';
  return first_seen_at || (quiz && quiz.started > 0) ? 'inProgress' : 'notStarted';
}
