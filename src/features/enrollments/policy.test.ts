import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Standing } from '#features/courses/policy.ts';
import type { Actor } from '#platform/auth/actor.ts';
import {
  mayLearn,
  mayViewEnrollment,
  mayWithdrawEnrollment,
  refusalOf,
  refusalOfEnrolling,
  refusalOfLearning,
  type Enrolling,
} from './policy.ts';

const actor = (role: Actor['role'], userId: string = role): Actor => ({ userId, sessionId: 's', role });
const learner = actor('student', 'learner');
const stranger: Standing = { status: 'published', staffRole: null, hasAccess: false };
const as = (staffRole: Standing['staffRole']): Standing => ({ ...stranger, staffRole });
const own = { userId: 'learner', course: { ...stranger, hasAccess: true } };
const of = (course: Standing) => ({ userId: 'learner', course });

suite('who may do what with an enrollment', () => {
  test('its learner, staff who see learners and admins view it; strangers and fellow learners do not', () => {
    assert.ok(mayViewEnrollment(learner, own));
    for (const role of ['owner', 'coInstructor', 'assistant', 'observer'] as const) {
      assert.ok(mayViewEnrollment(actor('instructor'), of(as(role))), role);
    }
    assert.ok(mayViewEnrollment(actor('admin'), of(stranger)));
    assert.ok(!mayViewEnrollment(actor('instructor'), of(stranger)));
    assert.ok(!mayViewEnrollment(actor('student'), of({ ...stranger, hasAccess: true })));
  });

  test('its learner, staff who manage learners and admins withdraw it', () => {
    assert.ok(mayWithdrawEnrollment(learner, own));
    for (const role of ['owner', 'coInstructor'] as const)
      assert.ok(mayWithdrawEnrollment(actor('instructor'), of(as(role))), role);
    for (const role of ['assistant', 'observer'] as const)
      assert.ok(!mayWithdrawEnrollment(actor('instructor'), of(as(role))), role);
    assert.ok(mayWithdrawEnrollment(actor('admin'), of(stranger)));
    assert.ok(!mayWithdrawEnrollment(actor('student'), of(stranger)));
  });

  test('nobody learns for another, and nobody in a withdrawn one', () => {
    assert.ok(mayLearn(learner, own));
    assert.ok(!mayLearn(actor('admin'), of(stranger)));
    assert.equal(refusalOfLearning(learner, { ...own, status: 'completed' }), undefined);
    assert.equal(refusalOfLearning(learner, { ...own, status: 'withdrawn' })?.code, 'enrollment_withdrawn');
    assert.equal(refusalOfLearning(actor('admin'), { ...own, status: 'active' })?.status, 403);
    assert.equal(refusalOfLearning(actor('student'), { ...of(stranger), status: 'withdrawn' })?.status, 404);
  });

  test('a refusal is 404 to strangers, whatever was decided', () => {
    assert.equal(refusalOf(actor('student'), of(stranger), true)?.status, 404);
    assert.equal(refusalOf(actor('instructor'), of(as('observer')), false)?.status, 403);
    assert.equal(refusalOf(learner, own, true), undefined);
  });
});

suite('who may enroll whom', () => {
  const active = { id: 'learner', status: 'active', isStaff: false } as const;
  const base: Enrolling = {
    selfEnrollment: 'open',
    course: stranger,
    learner: active,
    isNamedUnproven: false,
    current: undefined,
  };
  const code = (by: Actor, change: Partial<Enrolling>) =>
    refusalOfEnrolling(by, { ...base, ...change })?.code;
  const owner = { course: as('owner') };
  const withdrawn = (withdrawnBy: 'learner' | 'staff') => ({
    current: { status: 'withdrawn', withdrawnBy } as const,
  });
  const current = { current: { status: 'completed', withdrawnBy: null } as const };

  const table: [string, Actor, Partial<Enrolling>, string | undefined][] = [
    ['oneself, open', learner, {}, undefined],
    ['oneself, closed', learner, { selfEnrollment: 'closed' }, 'enrollment_closed'],
    ['oneself, draft', learner, { course: { ...stranger, status: 'draft' } }, 'not_found'],
    ['oneself, archived', learner, { course: { ...stranger, status: 'archived' } }, 'course_archived'],
    ['oneself, again', learner, current, undefined],
    ['oneself, again, closed', learner, { ...current, selfEnrollment: 'closed' }, undefined],
    [
      'oneself, again, draft',
      learner,
      { ...current, course: { ...stranger, status: 'draft', hasAccess: true } },
      undefined,
    ],
    [
      'oneself, again, archived',
      learner,
      { ...current, course: { ...stranger, status: 'archived', hasAccess: true } },
      undefined,
    ],
    ['oneself, back', learner, withdrawn('learner'), undefined],
    [
      'oneself, back, closed',
      learner,
      { ...withdrawn('learner'), selfEnrollment: 'closed' },
      'enrollment_closed',
    ],
    ['oneself, back, withdrawn by staff', learner, withdrawn('staff'), 'withdrawn_by_staff'],
    ['oneself, as staff', learner, { ...owner, learner: { ...active, isStaff: true } }, 'already_staff'],
    ['another', actor('student'), {}, 'forbidden'],
    ['another, in a draft', actor('student'), { course: { ...stranger, status: 'draft' } }, 'not_found'],
    ['an unknown one', actor('student'), { learner: undefined }, 'forbidden'],
    ['another, by an assistant', actor('instructor'), { course: as('assistant') }, 'forbidden'],
    ['another, by the owner', actor('instructor'), owner, undefined],
    [
      'another, by a co-instructor, closed',
      actor('instructor'),
      { course: as('coInstructor'), selfEnrollment: 'closed' },
      undefined,
    ],
    ['another, by an admin, closed', actor('admin'), { selfEnrollment: 'closed' }, undefined],
    [
      'another, by the owner, draft',
      actor('instructor'),
      { course: { ...as('owner'), status: 'draft' } },
      'course_not_published',
    ],
    [
      'another, by the owner, archived',
      actor('instructor'),
      { course: { ...as('owner'), status: 'archived' } },
      'course_archived',
    ],
    ['another back, by the owner', actor('instructor'), { ...owner, ...withdrawn('staff') }, undefined],
    ['an unknown one, by the owner', actor('instructor'), { ...owner, learner: undefined }, 'not_found'],
    [
      'a deactivated one',
      actor('admin'),
      { learner: { ...active, status: 'deactivated' } },
      'account_deactivated',
    ],
    ['one whose address is not confirmed', actor('admin'), { isNamedUnproven: true }, 'email_not_verified'],
    ['oneself, by an address that is not confirmed', learner, { isNamedUnproven: true }, undefined],
    [
      'one whose address is not confirmed, again',
      actor('admin'),
      { isNamedUnproven: true, ...current },
      undefined,
    ],
    ['a member of the staff', actor('admin'), { learner: { ...active, isStaff: true } }, 'already_staff'],
  ];
  for (const [name, by, change, expected] of table) {
    test(`${name}: ${expected ?? 'allowed'}`, () => assert.equal(code(by, change), expected));
  }
});
