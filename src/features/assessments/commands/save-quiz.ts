import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, invalid, notFound, preconditionFailed } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { newId } from '#platform/ids.ts';
import { refusalOfReading, refusalOfSettings } from '../policy.ts';
import { findQuizLesson, lockQuizVersion, saveQuizSettings, type QuizLessonRow } from '../queries/quizzes.ts';
import { standingOf } from '../queries/standing.ts';
import type { QuizInput } from '../schemas/quiz.ts';

/**
 * Makes the quiz of a lesson, or replaces its settings; attempts that have started keep theirs, but `showResults`
 * counts at once. 400, 403, 404, 409 `wrong_lesson_type`, 412.
 */
export async function saveQuiz(
  deps: Deps,
  actor: Actor,
  lessonId: string,
  input: QuizInput,
  versions: number[] | null,
): Promise<void> {
  refuseFinePercent(input.passingPercent);
  const { maxAttempts = null, timeLimitSeconds = null, shuffleQuestions = false } = input;
  await inTransaction(deps.db, async (tx) => {
    const lesson = await findQuizLesson(tx, { lessonId, actorId: actor.userId });
    if (!lesson) throw notFound('Lesson');
    const ready = { isPreview: lesson.is_preview, isReady: lesson.is_ready };
    const standing = standingOf(lesson);
    // The answer shows the quiz, so whoever writes must also be one who reads.
    const refusal = refusalOfSettings(actor, standing) ?? refusalOfReading(actor, standing, ready);
    if (refusal) throw refusal;
    requireQuizLesson(lesson);
    const version = await lockQuizVersion(tx, lessonId);
    if (version !== undefined) requireVersion(versions, version);
    else if (versions) throw preconditionFailed();
    const settings = {
      passing_percent: input.passingPercent,
      max_attempts: maxAttempts,
      time_limit_seconds: timeLimitSeconds,
      shuffle_questions: shuffleQuestions,
      show_results: input.showResults,
    };
    const of = { id: newId(), lesson_id: lessonId, course_id: lesson.course_id };
    await saveQuizSettings(tx, { ...of, ...settings }, deps.clock.now());
  });
}

/** Throws 409 where the lesson is of another type. */
export function requireQuizLesson({ lesson_type: type }: Pick<QuizLessonRow, 'lesson_type'>): void {
  if (type === 'quiz') return;
  const reason = { code: 'lesson_type', params: { type }, message: 'Only a lesson of type quiz has a quiz.' };
  throw conflict('wrong_lesson_type', 'This lesson is not of type quiz.', [reason]);
}

function refuseFinePercent(percent: number): void {
  if (/^\d+(?:\.\d{1,2})?$/.test(String(percent))) return;
  const reason = { path: '/passingPercent', code: 'too_many_decimals', message: 'At most two decimals.' };
  throw invalid('The settings are not valid.', [reason]);
}
