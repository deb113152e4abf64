import type { DemoCourse, DemoEnrollment, DemoLesson, DemoQuestion } from './types.ts';

/** The course's lessons in the order of its outline. */
export const lessonsOf = (course: DemoCourse): DemoLesson[] =>
  course.sections.flatMap((section) => section.lessons);

export const questionsOf = (lesson: DemoLesson): DemoQuestion[] =>
  lesson.type === 'quiz' ? (lesson.quiz?.questions ?? []) : [];

/**
 * The lessons that the enrollment's stage says are complete, in the order of the outline, quizzes passed.
 * Those who completed the course left optional lessons out; those who stopped half way did everything up to there.
 * The quiz of `quizFailed` and `awaitingGrading` is not among them.
 */
export function lessonsDone(course: DemoCourse, enrollment: DemoEnrollment): DemoLesson[] {
  const lessons = lessonsOf(course);
  const required = lessons.filter((lesson) => lesson.isRequired !== false);
  switch (enrollment.stage) {
    case 'enrolled':
      return [];
    case 'started':
    case 'withdrawn':
      return lessons.slice(0, enrollment.lessons);
    case 'halfway':
      return lessons.slice(0, Math.ceil(lessons.length / 2));
    case 'quizFailed':
      return lessons.slice(
        0,
        lessons.findIndex((lesson) => lesson.key === enrollment.quiz),
      );
    case 'awaitingGrading':
      return required.filter((lesson) => lesson.key !== enrollment.quiz);
    case 'completed':
      return required;
  }
}
