import type { Reason } from '#platform/errors.ts';
import { isWatchedEnough, secondsToWait } from './intervals.ts';
import type { LessonRow, QuizState } from './queries/lessons.ts';

type Lesson = Pick<
  LessonRow,
  | 'type'
  | 'completed_at'
  | 'seconds_watched'
  | 'seconds_reported'
  | 'duration_seconds'
  | 'watched_percent'
  | 'quiz'
>;

/**
 * Why a lesson is not complete, by what its type asks for; empty where nothing is missing. The same reasons stand in
 * `missing` and in a refused completion. A text and a file ask for being confirmed, which only
 * the learner can do.
 */
export function missingIn(lesson: Lesson): Reason[] {
  if (lesson.completed_at) return [];
  switch (lesson.type) {
    case 'text':
    case 'file':
      return [{ code: 'confirmation_missing', message: 'Confirm that you are done with it.' }];
    case 'video':
      return missingInVideo(lesson);
    case 'quiz':
      return missingInQuiz(lesson.quiz);
  }
}

function missingInVideo(lesson: Lesson): Reason[] {
  const {
    seconds_watched: watchedSeconds,
    duration_seconds: durationSeconds,
    watched_percent: requiredPercent,
  } = lesson;
  if (isWatchedEnough(watchedSeconds, durationSeconds ?? 0, requiredPercent)) return [];
  const params = { watchedSeconds, durationSeconds, requiredPercent };
  const message = `${Math.floor(watchedSeconds)} of ${durationSeconds ?? 'unknown'} seconds are watched; ${requiredPercent} % are needed.`;
  return [{ code: 'not_watched_enough', params, message }, ...limitOfCredit(lesson)];
}

/** Only in the answer to a heartbeat or a completion, which knows all that was reported. */
function limitOfCredit(lesson: Lesson): Reason[] {
  const { seconds_watched: watchedSeconds, seconds_reported: reportedSeconds = 0 } = lesson;
  if (reportedSeconds <= watchedSeconds) return [];
  const wait = secondsToWait({
    watchedSeconds,
    reportedSeconds,
    durationSeconds: lesson.duration_seconds ?? 0,
    watchedPercent: lesson.watched_percent,
  });
  const message = `${Math.floor(reportedSeconds)} seconds were reported, and ${Math.floor(watchedSeconds)} count so far: credit grows by two seconds in each second. Report again in ${wait} s.`;
  return [{ code: 'credit_limited', params: { reportedSeconds, secondsToWait: wait }, message }];
}

function missingInQuiz(quiz: QuizState | null): Reason[] {
  if (!quiz)
    return [
      {
        code: 'quiz_not_passed',
        params: { passingPercent: null, attemptsLeft: null },
        message: 'Pass the quiz.',
      },
    ];
  if (quiz.hasPassed) return [];
  const { passingPercent, maxAttempts, started, open, ungraded } = quiz;
  const attemptsLeft = maxAttempts === null ? null : Math.max(0, maxAttempts - started);
  const reasons: Reason[] = [
    {
      code: 'quiz_not_passed',
      params: { passingPercent, attemptsLeft },
      message: `Pass the quiz: ${passingPercent} % are needed.`,
    },
  ];
  if (open > 0) reasons.push({ code: 'quiz_attempt_open', message: 'An attempt is open. Submit it.' });
  if (ungraded > 0) {
    reasons.push({
      code: 'quiz_awaiting_grading',
      params: { attempts: ungraded },
      message: 'An attempt waits for its grade.',
    });
  }
  if (attemptsLeft === 0 && open === 0 && ungraded === 0) {
    reasons.push({
      code: 'quiz_attempts_exhausted',
      params: { maxAttempts },
      message: 'No attempts are left.',
    });
  }
  return reasons;
}
