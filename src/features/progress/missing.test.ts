import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { missingIn } from './missing.ts';

type Lesson = Parameters<typeof missingIn>[0];
const text: Lesson = {
  type: 'text',
  completed_at: null,
  seconds_watched: 0,
  duration_seconds: null,
  watched_percent: 90,
  quiz: null,
};
const quiz = { passingPercent: 60, maxAttempts: 2, started: 0, open: 0, ungraded: 0, hasPassed: false };
const codes = (lesson: Lesson) => missingIn(lesson).map(({ code }) => code);
const codesOfQuiz = (state: Partial<typeof quiz>) =>
  codes({ ...text, type: 'quiz', quiz: { ...quiz, ...state } });

suite('what is missing in a lesson', () => {
  test('nothing, once it is complete, whatever its rule says today', () => {
    for (const type of ['text', 'video', 'quiz'] as const)
      assert.deepEqual(codes({ ...text, type, completed_at: new Date() }), []);
  });

  test('a text asks to be confirmed', () => {
    assert.deepEqual(codes(text), ['confirmation_missing']);
  });

  test('a video says how much of it is watched and how much is needed', () => {
    const video: Lesson = { ...text, type: 'video', duration_seconds: 200, seconds_watched: 40 };
    const [reason] = missingIn(video);
    assert.deepEqual(reason?.params, { watchedSeconds: 40, durationSeconds: 200, requiredPercent: 90 });
    assert.equal(reason?.message, '40 of 200 seconds are watched; 90 % are needed.');
    assert.match(missingIn({ ...video, seconds_watched: 40.725 })[0]?.message ?? '', /^40 of 200 seconds/);
    assert.deepEqual(codes({ ...video, seconds_watched: 180 }), []);
    assert.deepEqual(codes({ ...video, seconds_watched: 179 }), ['not_watched_enough']);
    assert.deepEqual(codes({ ...video, duration_seconds: null }), ['not_watched_enough']);
  });

  test('a video of which more was reported than counts says in how many seconds enough does', () => {
    const video: Lesson = { ...text, type: 'video', duration_seconds: 200, seconds_watched: 10.5 };
    const limited = (seconds_reported: number) => missingIn({ ...video, seconds_reported })[1];
    assert.equal(limited(10.5), undefined);
    assert.deepEqual(limited(200)?.params, { reportedSeconds: 200, secondsToWait: 85 });
    assert.deepEqual(limited(30)?.params, { reportedSeconds: 30, secondsToWait: 10 });
    assert.equal(limited(30)?.code, 'credit_limited');
    assert.match(limited(30)?.message ?? '', /^30 seconds were reported, and 10 count so far.* in 10 s\.$/);
  });

  test('a quiz says what stands between the learner and passing', () => {
    assert.deepEqual(codesOfQuiz({}), ['quiz_not_passed']);
    assert.deepEqual(codesOfQuiz({ started: 1, open: 1 }), ['quiz_not_passed', 'quiz_attempt_open']);
    assert.deepEqual(codesOfQuiz({ started: 2, ungraded: 1 }), ['quiz_not_passed', 'quiz_awaiting_grading']);
    assert.deepEqual(codesOfQuiz({ started: 2 }), ['quiz_not_passed', 'quiz_attempts_exhausted']);
    assert.deepEqual(codesOfQuiz({ started: 1, hasPassed: true }), []);
    assert.deepEqual(codes({ ...text, type: 'quiz' }), ['quiz_not_passed']);
  });

  test('a quiz tells how many attempts are left, or that they are unlimited', () => {
    const attemptsLeft = (state: Partial<typeof quiz> | { maxAttempts: null }) =>
      missingIn({ ...text, type: 'quiz', quiz: { ...quiz, ...state } })[0]?.params?.['attemptsLeft'];
    assert.equal(attemptsLeft({ started: 1 }), 1);
    assert.equal(attemptsLeft({ started: 5 }), 0);
    assert.equal(attemptsLeft({ maxAttempts: null }), null);
  });
});
