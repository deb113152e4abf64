import type { Reason } from '#platform/errors.ts';

/** What decides whether a lesson has all that its type needs. */
export type LessonSubstance = {
  id: string;
  title: string;
  type: 'text' | 'video' | 'quiz' | 'file';
  video_url: string | null;
  duration_seconds: number | null;
  is_required: boolean;
  is_ready: boolean;
};

/** Whether learners can be shown the lesson. Of quizzes and files their features say so, by `setLessonReady`. */
export function isLessonReady(
  lesson: Omit<LessonSubstance, 'id' | 'title' | 'is_required'> & { content: string },
): boolean {
  switch (lesson.type) {
    case 'text':
      return !isBlank(lesson.content);
    case 'video':
      return lesson.video_url !== null && lesson.duration_seconds !== null;
    case 'quiz':
    case 'file':
      return lesson.is_ready;
  }
}

/** What a lesson lacks. Empty where it is ready. */
export function reasonsOfLesson(lesson: LessonSubstance): Reason[] {
  const params = { lessonId: lesson.id, title: lesson.title, type: lesson.type };
  const name = `The lesson "${lesson.title}"`;
  switch (lesson.type) {
    case 'text':
      return lesson.is_ready
        ? []
        : [{ code: 'lesson_content_missing', params, message: `${name} has no text.` }];
    case 'video':
      return [
        ...(lesson.video_url === null
          ? [{ code: 'lesson_video_missing', params, message: `${name} has no videoUrl.` }]
          : []),
        ...(lesson.duration_seconds === null
          ? [{ code: 'lesson_duration_missing', params, message: `${name} has no durationSeconds.` }]
          : []),
      ];
    case 'quiz':
      return lesson.is_ready
        ? []
        : [{ code: 'lesson_quiz_missing', params, message: `${name} has no quiz with questions.` }];
    case 'file':
      return lesson.is_ready
        ? []
        : [{ code: 'lesson_file_missing', params, message: `${name} has no file.` }];
  }
}

/** All that stands between a course and its publication. */
export function reasonsOfCourse(
  course: { description: string },
  lessons: readonly LessonSubstance[],
): Reason[] {
  return [
    ...(isBlank(course.description) ? [descriptionMissing] : []),
    ...(lessons.length === 0 ? [{ code: 'lesson_missing', message: 'The course has no lesson.' }] : []),
    ...(lessons.length > 0 && !lessons.some((lesson) => lesson.is_required) ? [requiredLessonMissing] : []),
    ...lessons.flatMap(reasonsOfLesson),
  ];
}

export const descriptionMissing: Reason = {
  path: '/description',
  code: 'description_missing',
  message: 'The course has no description.',
};
export const requiredLessonMissing: Reason = {
  code: 'required_lesson_missing',
  message: 'The course has no ready lesson that is required, so nobody could complete it.',
};

export function isBlank(text: string): boolean {
  return text.trim() === '';
}
