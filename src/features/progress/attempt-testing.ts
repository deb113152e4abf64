import { newId } from '#platform/ids.ts';
import type { TestServer } from '#test/server.ts';

/** A quiz's row, without questions: attempts are what progress asks about. */
export async function addQuiz(
  server: TestServer,
  of: { courseId: string; lessonId: string },
  settings: { passingPercent?: number; maxAttempts?: number } = {},
): Promise<string> {
  const now = server.clock.now();
  const id = newId();
  await server.open.deps.db
    .insertInto('quiz')
    .values({
      id,
      lesson_id: of.lessonId,
      course_id: of.courseId,
      passing_percent: settings.passingPercent ?? 60,
      max_attempts: settings.maxAttempts ?? null,
      shuffle_questions: false,
      show_results: 'score',
      created_at: now,
      updated_at: now,
    })
    .execute();
  return id;
}

export type AttemptShape = 'open' | 'ungraded' | 'failed' | 'passed';

/** An attempt's row in one of its states. */
export async function addAttempt(
  server: TestServer,
  of: { courseId: string; lessonId: string; quizId: string; enrollmentId: string; userId: string },
  number: number,
  shape: AttemptShape,
): Promise<void> {
  const now = server.clock.now();
  const isGraded = shape === 'failed' || shape === 'passed';
  await server.open.deps.db
    .insertInto('attempt')
    .values({
      id: newId(),
      quiz_id: of.quizId,
      lesson_id: of.lessonId,
      course_id: of.courseId,
      enrollment_id: of.enrollmentId,
      user_id: of.userId,
      number,
      status: shape === 'open' ? 'inProgress' : isGraded ? 'graded' : 'needsGrading',
      questions: '[]',
      seed: 'seed',
      passing_percent: 60,
      started_at: now,
      submitted_at: shape === 'open' ? null : now,
      submitted_by: shape === 'open' ? null : 'learner',
      graded_at: isGraded ? now : null,
      max_score: 1,
      passed: isGraded ? shape === 'passed' : null,
      updated_at: now,
    })
    .execute();
}
