import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Actor, Role } from '#platform/auth/actor.ts';
import {
  mayReadLesson,
  permissionsIn,
  refusalOfLesson,
  refusalOfStaffChange,
  type StaffRole,
  type Standing,
} from './policy.ts';

const actor = (role: Role): Actor => ({ userId: 'u', sessionId: 's', role });
const standing = (
  status: Standing['status'],
  staffRole: StaffRole | null = null,
  hasAccess = false,
): Standing => ({
  status,
  staffRole,
  hasAccess,
});
const ready = { isPreview: false, isReady: true };
const preview = { isPreview: true, isReady: true };
const unready = { isPreview: true, isReady: false };

suite('who may do what in a course', () => {
  test('permissions by role, standing and status', () => {
    const all = [
      'course.view',
      'content.view',
      'course.edit',
      'staff.manage',
      'learners.view',
      'learners.manage',
      'attempts.grade',
    ];
    const table: [Actor | null, Standing, string[]][] = [
      [null, standing('published'), ['course.view']],
      [null, standing('draft'), []],
      [null, standing('archived'), []],
      [actor('student'), standing('published'), ['course.view']],
      [actor('instructor'), standing('draft'), []],
      [actor('student'), standing('draft', null, true), ['course.view', 'content.view']],
      [actor('student'), standing('archived', null, true), ['course.view', 'content.view']],
      [actor('instructor'), standing('draft', 'owner'), all],
      [actor('instructor'), standing('draft', 'coInstructor'), all.filter((name) => name !== 'staff.manage')],
      [
        actor('student'),
        standing('draft', 'assistant'),
        ['course.view', 'content.view', 'learners.view', 'attempts.grade'],
      ],
      [actor('student'), standing('draft', 'observer'), ['course.view', 'content.view', 'learners.view']],
      [actor('student'), standing('draft', 'owner'), []],
      [actor('student'), standing('published', 'coInstructor'), ['course.view']],
      [actor('student'), standing('archived', 'owner', true), ['course.view', 'content.view']],
      [actor('admin'), standing('archived'), all],
    ];
    for (const [who, where, expected] of table) assert.deepEqual(permissionsIn(who, where), expected);
  });

  test('a lesson is read by the enrolled and the staff, a ready preview of a published course by anyone', () => {
    const student = actor('student');
    assert.equal(mayReadLesson(student, standing('published', null, true), ready), true);
    assert.equal(mayReadLesson(student, standing('published'), ready), false);
    assert.equal(mayReadLesson(null, standing('published'), preview), true);
    assert.equal(mayReadLesson(null, standing('draft'), preview), false);
    assert.equal(mayReadLesson(student, standing('archived'), preview), false);
    assert.equal(mayReadLesson(student, standing('published', null, true), unready), false);
    assert.equal(mayReadLesson(student, standing('draft', 'observer'), unready), false);
    assert.equal(mayReadLesson(actor('instructor'), standing('draft', 'coInstructor'), unready), true);
  });

  test('a lesson is refused as unknown, to sign in for, or for lack of an enrollment', () => {
    const status = (who: Actor | null, where: Standing, lesson = ready) =>
      refusalOfLesson(who, where, lesson)?.status;
    assert.equal(status(null, standing('published')), 401);
    assert.equal(status(actor('student'), standing('published')), 403);
    assert.equal(status(actor('student'), standing('published'), unready), 404);
    assert.equal(status(actor('student'), standing('draft')), 404);
    assert.equal(status(null, standing('draft'), preview), 404);
    assert.equal(status(actor('student'), standing('draft', null, true)), undefined);
  });

  test('a course keeps an owner, and students teach no course', () => {
    const code = (change: Parameters<typeof refusalOfStaffChange>[0]) => refusalOfStaffChange(change)?.code;
    assert.equal(
      code({ current: 'owner', next: null, powers: null, otherOwners: 0, isLearning: false }),
      'last_owner',
    );
    assert.equal(
      code({
        current: 'owner',
        next: 'assistant',
        powers: { role: 'instructor' },
        otherOwners: 0,
        isLearning: false,
      }),
      'last_owner',
    );
    assert.equal(
      code({ current: 'owner', next: null, powers: null, otherOwners: 1, isLearning: false }),
      undefined,
    );
    assert.equal(
      code({ current: null, next: 'owner', powers: { role: 'student' }, otherOwners: 1, isLearning: false }),
      'staff_role_not_allowed',
    );
    assert.equal(
      code({
        current: null,
        next: 'coInstructor',
        powers: { role: 'student' },
        otherOwners: 1,
        isLearning: false,
      }),
      'staff_role_not_allowed',
    );
    assert.equal(
      code({
        current: null,
        next: 'assistant',
        powers: { role: 'student' },
        otherOwners: 1,
        isLearning: false,
      }),
      undefined,
    );
    assert.equal(
      code({ current: null, next: 'owner', powers: { role: 'admin' }, otherOwners: 1, isLearning: false }),
      undefined,
    );
    assert.equal(
      code({
        current: null,
        next: 'observer',
        powers: { role: 'student' },
        otherOwners: 1,
        isLearning: true,
      }),
      'still_learning',
    );
  });
});
