import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Standing, StaffRole } from '#features/courses/policy.ts';
import type { Actor, Role } from '#platform/auth/actor.ts';
import { mayViewCertificate, refusalOfListing, refusalOfReissue } from './policy.ts';

const actor = (role: Role, userId = 'someone'): Actor => ({ userId, sessionId: 'session', role });
const standing = (staffRole: StaffRole | null, more: Partial<Standing> = {}): Standing => ({
  status: 'published',
  staffRole,
  hasAccess: false,
  ...more,
});

suite('who may see certificates', () => {
  test('the learner, staff of the course and admins see one; nobody else does', () => {
    const of = (course: Standing) => ({ userId: 'learner', course });
    assert.equal(mayViewCertificate(actor('student', 'learner'), of(standing(null))), true);
    for (const role of ['owner', 'coInstructor', 'assistant', 'observer'] as const) {
      assert.equal(mayViewCertificate(actor('instructor'), of(standing(role))), true, role);
    }
    assert.equal(mayViewCertificate(actor('admin'), of(standing(null))), true);
    assert.equal(mayViewCertificate(actor('instructor'), of(standing(null))), false);
    assert.equal(mayViewCertificate(actor('student'), of(standing(null, { hasAccess: true }))), false);
  });

  test('admins list all, staff those of their course, the enrolled none, and a draft is unknown to strangers', () => {
    const statusOf = (role: Role, course: Standing | null | undefined) =>
      refusalOfListing(actor(role), course)?.status;
    assert.equal(statusOf('admin', null), undefined);
    assert.equal(statusOf('admin', undefined), undefined);
    assert.equal(statusOf('instructor', null), 403);
    assert.equal(statusOf('instructor', standing('observer')), undefined);
    assert.equal(statusOf('instructor', standing(null)), 403);
    assert.equal(statusOf('student', standing(null, { hasAccess: true })), 403);
    assert.equal(statusOf('student', standing(null, { status: 'draft' })), 404);
    assert.equal(statusOf('student', undefined), 404);
  });

  test('only a certificate that was not replaced can be, while its learner is there', () => {
    const isErased = false;
    assert.equal(refusalOfReissue({ replacedById: null, isErased }), undefined);
    assert.equal(refusalOfReissue({ replacedById: 'newer', isErased })?.code, 'certificate_replaced');
    assert.equal(refusalOfReissue({ replacedById: null, isErased: true })?.code, 'learner_erased');
  });
});
