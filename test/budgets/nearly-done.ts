import { makeCourse, must, type World } from '../access/world.ts';

/** A course of the student's that lacks ten seconds of a video. */
export async function nearlyWatched(world: World) {
  const course = await withLesson(world, {
    type: 'video',
    videoUrl: 'https://example.com/short.mp4',
    durationSeconds: 10,
  });
  return { id: course.enrollmentId, lessonId: course.lessonId };
}

/** The student's open attempt at a quiz of one question, which is all that they lack. */
export async function openAttempt(world: World, question: object) {
  let quizId = '';
  await withLesson(world, { type: 'quiz' }, async (lessonId) => {
    const settings = { passingPercent: 100, showResults: 'score' };
    quizId = (await must(world, 'owner', 'PUT', `/lessons/${lessonId}/quiz`, settings)).id;
    await must(world, 'owner', 'POST', `/quizzes/${quizId}/questions`, {
      prompt: 'Why?',
      points: 1,
      ...question,
    });
  });
  const attempt = await must(world, 'student', 'POST', `/quizzes/${quizId}/attempts`);
  return { attemptId: attempt.id as string, questionId: attempt.questions[0].id as string };
}

/** A course of which the student lacks this lesson alone. */
async function withLesson(
  world: World,
  lesson: object,
  makeReady: (id: string) => Promise<void> = async () => {},
) {
  const { enrollmentId, sectionId, textLessonId } = await makeCourse(world, { status: 'published' });
  const { id } = await must(world, 'owner', 'POST', `/sections/${sectionId}/lessons`, {
    title: 'Last',
    ...lesson,
  });
  await makeReady(id);
  await must(world, 'student', 'PUT', `/enrollments/${enrollmentId}/lessons/${textLessonId}/completion`);
  return { enrollmentId, lessonId: id as string };
}
