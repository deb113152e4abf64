import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Standing, StaffRole } from '#features/courses/policy.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { AppError } from '#platform/errors.ts';
import {
  readerOf,
  refusalOfAnswering,
  refusalOfGrading,
  refusalOfListing,
  refusalOfQuiz,
  refusalOfReading,
  refusalOfSettings,
  refusalOfStarting,
  shownTo,
  showResultsValues,
  type Shown,
} from './policy.ts';

const student: Actor = { userId: 'student', sessionId: 's', role: 'student' };
const instructor: Actor = { userId: 'instructor', sessionId: 's', role: 'instructor' };
const admin: Actor = { userId: 'admin', sessionId: 's', role: 'admin' };
const ready = { isPreview: false, isReady: true };

type Who = [Actor, Standing];
const stands = (of: Partial<Standing>): Standing => ({
  status: 'published',
  staffRole: null,
  hasAccess: false,
  ...of,
});
const staff = (staffRole: StaffRole): Who => [instructor, stands({ staffRole })];
/** Columns of the tables below. */
const everybody: Record<string, Who> = {
  owner: staff('owner'),
  coInstructor: staff('coInstructor'),
  assistant: staff('assistant'),
  observer: staff('observer'),
  admin: [admin, stands({})],
  enrolled: [student, stands({ hasAccess: true })],
  stranger: [student, stands({})],
  strangerOfDraft: [student, stands({ status: 'draft' })],
};

/** Holds a rule against statuses in the order of `everybody`; 200 where nothing is refused. */
function holds(rule: (actor: Actor, standing: Standing) => AppError | undefined, expected: number[]): void {
  const found = Object.values(everybody).map((who) => rule(...who)?.status ?? 200);
  assert.deepEqual(found, expected);
}

suite('who may do what with quizzes and attempts', () => {
  test('settings, questions and grades', () => {
    holds(refusalOfSettings, [200, 200, 403, 403, 200, 403, 403, 404]);
    holds((...who) => refusalOfReading(...who, ready), [200, 200, 200, 200, 200, 200, 403, 404]);
    holds(
      (...who) => refusalOfQuiz(who[0], 'course.edit', who[1], ready),
      [200, 200, 403, 403, 200, 403, 404, 404],
    );
    const questions = (...who: Who) => refusalOfQuiz(who[0], 'learners.view', who[1], ready);
    holds(questions, [200, 200, 200, 200, 200, 403, 404, 404]);
    const grading = (...who: Who) => refusalOfGrading(...who, 'somebody');
    holds(grading, [200, 200, 200, 403, 200, 404, 404, 404]);
    assert.equal(refusalOfGrading(student, stands({ hasAccess: true }), student.userId)?.status, 403);
    // A learner who became staff is still no judge of themselves.
    holds((actor, standing) => refusalOfGrading(actor, standing, actor.userId), Array(8).fill(403));
  });

  test('an unready quiz is there for staff alone, a preview’s for those who may see the course', () => {
    const unready = { isPreview: true, isReady: false };
    holds((...who) => refusalOfReading(...who, unready), [200, 200, 200, 200, 200, 404, 404, 404]);
    const preview = { isPreview: true, isReady: true };
    holds((...who) => refusalOfReading(...who, preview), [200, 200, 200, 200, 200, 200, 200, 404]);
  });

  test('only the learner answers, staff read, others find nothing', () => {
    holds((...who) => refusalOfAnswering(...who, 'somebody'), [403, 403, 403, 403, 403, 404, 404, 404]);
    assert.equal(refusalOfAnswering(student, stands({}), student.userId), undefined);
    const readers = Object.values(everybody).map((who) => readerOf(...who, 'somebody'));
    assert.deepEqual(readers, [...Array.from({ length: 5 }, () => 'staff'), undefined, undefined, undefined]);
    assert.equal(readerOf(student, stands({}), student.userId), 'learner');
  });

  test('lists are for staff and for those who are or were enrolled', () => {
    const ofCourse = { lesson: null, wasEnrolled: false };
    holds(
      (actor, course) => refusalOfListing(actor, { course, ...ofCourse }),
      [200, 200, 200, 200, 200, 403, 403, 404],
    );
    const ofQuiz = { lesson: ready, wasEnrolled: false };
    holds(
      (actor, course) => refusalOfListing(actor, { course, ...ofQuiz }),
      [200, 200, 200, 200, 200, 200, 404, 404],
    );
    const left = { ...ofQuiz, course: stands({ status: 'draft' }), wasEnrolled: true };
    assert.equal(refusalOfListing(student, left), undefined);
  });

  test('starting needs a current enrollment and a ready lesson', () => {
    const none = { lesson: ready, enrollment: null, wantedEnrollmentId: undefined };
    holds(
      (actor, course) => refusalOfStarting(actor, { course, ...none }),
      [409, 409, 409, 409, 409, 409, 404, 404],
    );
    const enrolled = { course: stands({ hasAccess: true }), lesson: ready, wantedEnrollmentId: undefined };
    const of = (status: 'active' | 'completed' | 'withdrawn') => ({ id: 'e', status });
    const refusal = (more: object) =>
      refusalOfStarting(student, { ...enrolled, enrollment: of('active'), ...more });
    assert.equal(refusal({}), undefined);
    assert.equal(refusal({ enrollment: of('completed') }), undefined);
    assert.equal(refusal({ wantedEnrollmentId: 'E' }), undefined);
    assert.equal(refusal({ enrollment: of('withdrawn') })?.code, 'enrollment_withdrawn');
    assert.equal(refusal({ wantedEnrollmentId: 'other' })?.status, 404);
    assert.equal(refusal({ lesson: { isPreview: false, isReady: false } })?.status, 404);
  });

  test('what is shown of an outcome, by showResults', () => {
    const outcomes = [
      { status: 'inProgress', passed: null },
      { status: 'needsGrading', passed: null },
      { status: 'graded', passed: false },
      { status: 'graded', passed: true },
    ] as const;
    const short = ({ score, answers }: Shown) => (answers ? 'all' : score ? 'score' : '-');
    const table = showResultsValues.map((value) =>
      outcomes.map((each) => short(shownTo('learner', value, each))),
    );
    assert.deepEqual(table, [
      ['-', '-', '-', '-'],
      ['-', 'score', 'score', 'score'],
      ['-', 'score', 'score', 'all'],
      ['-', 'all', 'all', 'all'],
    ]);
    for (const value of showResultsValues)
      for (const each of outcomes) assert.equal(short(shownTo('staff', value, each)), 'all');
  });
});
