import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Actor, Role } from '#platform/auth/actor.ts';
import type { Standing } from '#features/courses/policy.ts';
import { managesFile, mayReadFile, mayUseFile, refusalOfDeleting, refusalOfReading } from './policy.ts';

const person = (userId: string, role: Role = 'student'): Actor => ({ userId, sessionId: 's', role });
const use = (standing: Partial<Standing>, lesson: { isPreview?: boolean; isReady?: boolean } = {}) => ({
  standing: { status: 'published' as const, staffRole: null, hasAccess: false, ...standing },
  lesson: { isPreview: false, isReady: true, ...lesson },
});

suite('who may do what with a file', () => {
  const owner = person('ann');
  const stranger = person('bob');
  const admin = person('eve', 'admin');
  const unused = { ownerId: 'ann', uses: [] };

  test('one that no lesson uses is its owner’s and admins’', () => {
    for (const [actor, may] of [
      [owner, true],
      [admin, true],
      [stranger, false],
      [null, false],
    ] as const) {
      assert.equal(managesFile(actor, unused), may);
      assert.equal(mayReadFile(actor, unused), may);
    }
  });

  test('any lesson that is open to the actor opens it, none that is closed does', () => {
    const closed = use({});
    const enrolled = use({ hasAccess: true });
    assert.equal(mayReadFile(stranger, { ownerId: 'ann', uses: [closed, closed] }), false);
    assert.equal(mayReadFile(stranger, { ownerId: 'ann', uses: [closed, enrolled] }), true);
    assert.equal(
      mayReadFile(stranger, { ownerId: 'ann', uses: [use({ hasAccess: true }, { isReady: false })] }),
      false,
    );
    assert.equal(mayReadFile(null, { ownerId: 'ann', uses: [use({}, { isPreview: true })] }), true);
    const previewOfDraft = use({ status: 'draft' }, { isPreview: true });
    assert.equal(mayReadFile(null, { ownerId: 'ann', uses: [previewOfDraft] }), false);
  });

  test('what is not there is refused as what is not theirs', () => {
    assert.equal(refusalOfReading(stranger, undefined)?.status, 404);
    assert.deepEqual(refusalOfReading(stranger, unused), refusalOfReading(stranger, undefined));
    assert.equal(refusalOfReading(null, unused)?.status, 401);
    assert.equal(refusalOfReading(null, undefined)?.status, 401);
    assert.equal(refusalOfDeleting(stranger, undefined)?.status, 404);
    assert.equal(refusalOfDeleting(stranger, unused)?.status, 404);
    assert.equal(
      refusalOfDeleting(stranger, { ownerId: 'ann', uses: [use({ hasAccess: true })] })?.status,
      403,
    );
    assert.equal(refusalOfDeleting(owner, unused), undefined);
  });

  test('a lesson takes its editors’ own files, and the course’s', () => {
    assert.equal(mayUseFile(stranger, { ownerId: 'ann', isInCourse: false }), false);
    assert.equal(mayUseFile(stranger, { ownerId: 'ann', isInCourse: true }), true);
    assert.equal(mayUseFile(owner, { ownerId: 'ann', isInCourse: false }), true);
  });
});
