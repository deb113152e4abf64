import { forbidden } from '#platform/errors.ts';
import { callers, type Caller } from './callers.ts';
import type { Row } from './parse-table.ts';
import type { Decide } from './rule-switch.ts';

/** A rule that decides otherwise, and the cell of the table that then no longer holds. */
export type Flip = { rule: string; as: string; decide: Decide; row: string; caller: Caller };

type Cell = readonly [row: string, caller: Caller];

/** A rule that answers yes or no: flipped both ways. */
function yesOrNo(rule: string, refused: Cell, allowed: Cell): Flip[] {
  return [flip(rule, 'always yes', () => true, refused), flip(rule, 'always no', () => false, allowed)];
}

/** A rule that gives the reason of a refusal, or undefined: one that never refuses, one that always does. */
function refusal(rule: string, refused: Cell, allowed: Cell): Flip[] {
  return [
    flip(rule, 'never refuses', () => undefined, refused),
    flip(rule, 'always refuses', () => forbidden('flipped'), allowed),
  ];
}

/** A rule that throws where it refuses. */
function requirement(rule: string, refused: Cell, allowed: Cell): Flip[] {
  const refuse = () => {
    throw forbidden('flipped');
  };
  return [flip(rule, 'never throws', () => undefined, refused), flip(rule, 'always throws', refuse, allowed)];
}

function flip(rule: string, as: string, decide: Decide, [row, caller]: Cell): Flip {
  return { rule, as, decide, row, caller };
}

/** The rule's own answer with other fields. */
function withFields(fields: object): Decide {
  return (given, rule) => ({ ...(rule(...given) as object), ...fields });
}

/** Every exported rule of every policy, and those that stand in the platform, with the cells that hold it. */
export const flips: readonly Flip[] = [
  ...requirement('platform.checkAccess', ['listUsers', 'student'], ['listUsers', 'admin']),
  ...requirement(
    'platform.checkSignIn',
    ['removeTotp (after a long time)', 'student'],
    ['removeTotp', 'student'],
  ),
  ...requirement(
    'platform.requireFresh',
    ['updateUser (role, after a long time)', 'admin'],
    ['beginTotp', 'student'],
  ),
  ...yesOrNo('platform.hasPermission', ['listUsers', 'student'], ['listUsers', 'admin']),

  ...refusal('identity.refusalOfChange', ['deactivateUser (oneself)', 'admin'], ['updateUser', 'admin']),

  ...refusal(
    'identity.refusalOfLosingWays',
    ['removeMyPassword (the last way)', 'student'],
    ['removeMyPassword', 'student'],
  ),

  ...refusal(
    'identity.refusalOfGiving',
    ['createUser (of more than one may)', 'stranger'],
    ['createUser (of more than one may)', 'admin'],
  ),
  ...refusal(
    'identity.refusalOfActing',
    ['startImpersonation (by a delegate)', 'stranger'],
    ['startImpersonation', 'admin'],
  ),
  ...refusal('privacy.obstacleTo', ['requestMyErasure (an owner)', 'owner'], ['requestUserErasure', 'admin']),
  ...refusal(
    'privacy.refusalOfExporting',
    ['requestMyDataExport (while one is made)', 'student'],
    ['requestMyDataExport', 'student'],
  ),
  ...refusal(
    'privacy.refusalOfErasing',
    ['requestUserErasure (who may do more)', 'stranger'],
    ['requestUserErasure', 'admin'],
  ),
  ...refusal(
    'roles.refusalOfRole',
    ['createCustomRole (of more than one has)', 'stranger'],
    ['createCustomRole', 'admin'],
  ),
  ...refusal(
    'roles.refusalOfRoles',
    ['giveCustomRole (of more than one has)', 'stranger'],
    ['giveCustomRole', 'admin'],
  ),

  ...refusal(
    'scim.refusalOfTouching',
    ['updateScimUser (who manages people)', 'stranger'],
    ['updateScimUser', 'stranger'],
  ),
  ...refusal(
    'scim.refusalOfTakingUp',
    ['createScimUser (an admin’s address)', 'stranger'],
    ['createScimUser (a known address)', 'stranger'],
  ),
  ...refusal(
    'roles.refusalOfManaged',
    ['addGroupMember (a directory’s group)', 'admin'],
    ['addGroupMember', 'admin'],
  ),

  ...yesOrNo('tasks.mayViewTask', ['getTask', 'stranger'], ['getTask', 'admin']),
  ...refusal('tasks.refusalOfCancelling', ['cancelTask', 'stranger'], ['cancelTask', 'owner']),
  ...refusal('imports.refusalOfImporting', ['startImport', 'owner'], ['startImport', 'admin']),
  ...yesOrNo('imports.mayViewImport', ['getImport', 'stranger'], ['getImport', 'admin']),
  ...refusal('imports.refusalOfApplying', ['applyImport', 'admin'], ['applyImport', 'owner']),
  ...yesOrNo(
    'identity.isFreshSignIn',
    ['beginTotp (after a long time)', 'student'],
    ['beginTotp', 'student'],
  ),

  ...refusal(
    'sso.refusalOfTrusting',
    ['updateSsoProvider (whom it signs in)', 'stranger'],
    ['createSsoProvider', 'admin'],
  ),
  ...refusal(
    'sso.refusalOfUnlinking',
    ['unlinkMyIdentity (the last way)', 'stranger'],
    ['unlinkMyIdentity', 'student'],
  ),

  ...yesOrNo(
    'identity.mayTakeAdminAway',
    ['updateUser (name of the last admin)', 'admin'],
    ['deactivateUser (the last admin)', 'admin'],
  ),

  flip('courses.standingOf', 'all are enrolled', withFields({ hasAccess: true }), [
    'getCourse (draft)',
    'stranger',
  ]),
  flip('courses.standingOf', 'none is enrolled', withFields({ hasAccess: false }), [
    'getCourse (draft)',
    'student',
  ]),
  flip('courses.standingOf', 'all are owners', withFields({ staffRole: 'owner' }), [
    'updateCourse',
    'otherInstructor',
  ]),
  flip('courses.standingOf', 'none is of the staff', withFields({ staffRole: null }), [
    'updateCourse',
    'owner',
  ]),
  flip('courses.standingOf', 'all is published', withFields({ status: 'published' }), [
    'getCourse (draft)',
    'anonymous',
  ]),
  flip('courses.standingOf', 'nothing is published', withFields({ status: 'draft' }), [
    'getCourse',
    'anonymous',
  ]),
  flip('courses.countingStaffRoles', 'none counts', () => [], ['updateCourse', 'owner']),
  flip('courses.countingStaffRoles', 'that of an owner counts for all', () => ['owner'], [
    'setCourseStaff (a student as owner)',
    'owner',
  ]),
  flip('courses.groundsIn', 'none', () => [], ['getCourse', 'owner']),
  flip('courses.permissionsIn', 'none', () => [], ['getCourse', 'anonymous']),
  ...yesOrNo('courses.may', ['updateCourse', 'stranger'], ['updateCourse', 'owner']),
  ...requirement('courses.requireIn', ['getCourse (draft)', 'stranger'], ['getCourse', 'owner']),
  ...yesOrNo('courses.mayReadLesson', ['getLesson', 'stranger'], ['getLesson', 'student']),
  ...refusal('courses.refusalOfLesson', ['getLesson', 'stranger'], ['getLesson (a preview)', 'anonymous']),
  ...refusal(
    'courses.refusalOfStaffChange',
    ['setCourseStaff (a student as owner)', 'owner'],
    ['setCourseStaff', 'owner'],
  ),

  ...yesOrNo('enrollments.hasAccess', ['saveHeartbeat (withdrawn)', 'student'], ['saveHeartbeat', 'student']),
  ...yesOrNo('enrollments.isOwn', ['getEnrollment', 'stranger'], ['getEnrollment', 'student']),
  ...yesOrNo('enrollments.mayViewEnrollment', ['getEnrollment', 'stranger'], ['getEnrollment', 'owner']),
  ...yesOrNo('enrollments.mayWithdrawEnrollment', ['withdraw', 'assistant'], ['withdraw', 'student']),
  ...yesOrNo('enrollments.mayLearn', ['saveHeartbeat', 'owner'], ['saveHeartbeat', 'student']),
  ...refusal('enrollments.refusalOf', ['saveHeartbeat', 'stranger'], ['saveHeartbeat', 'student']),
  ...refusal(
    'enrollments.refusalOfLearning',
    ['saveHeartbeat (withdrawn)', 'student'],
    ['putReview', 'student'],
  ),
  ...refusal(
    'enrollments.refusalOfEnrolling',
    ['enroll (oneself, by staff only)', 'stranger'],
    ['enroll (oneself, published)', 'stranger'],
  ),

  ...refusal('assessments.refusalOfQuiz', ['addQuestion', 'student'], ['addQuestion', 'owner']),
  ...refusal('assessments.refusalOfSettings', ['putQuiz', 'student'], ['putQuiz', 'owner']),
  ...refusal('assessments.refusalOfReading', ['getQuiz', 'stranger'], ['getQuiz', 'student']),
  ...yesOrNo('assessments.isStaff', ['getAttempt', 'stranger'], ['getAttempt', 'owner']),
  ...refusal(
    'assessments.refusalOfListing',
    ['listQuizAttempts', 'stranger'],
    ['listQuizAttempts', 'student'],
  ),
  flip('assessments.readerOf', 'all are staff', () => 'staff', ['getAttempt', 'stranger']),
  flip('assessments.readerOf', 'all are strangers', () => undefined, ['getAttempt', 'student']),
  ...refusal('assessments.refusalOfGrading', ['gradeAttempt', 'student'], ['gradeAttempt', 'assistant']),
  ...refusal('assessments.refusalOfAnswering', ['saveAnswers', 'owner'], ['saveAnswers', 'student']),
  ...refusal(
    'assessments.refusalOfStarting',
    ['startAttempt (withdrawn)', 'student'],
    ['startAttempt', 'student'],
  ),
  flip('assessments.withdrawn', 'another refusal', () => forbidden('flipped'), [
    'startAttempt (withdrawn)',
    'student',
  ]),

  ...yesOrNo('files.managesFile', ['deleteFile (in use)', 'student'], ['deleteFile', 'student']),
  ...yesOrNo('files.mayReadFile', ['getFile', 'stranger'], ['getFile', 'student']),
  ...refusal('files.refusalOfReading', ['getFile', 'stranger'], ['getFile', 'student']),
  ...refusal('files.refusalOfDeleting', ['deleteFile', 'stranger'], ['deleteFile', 'student']),
  ...refusal('files.refusalOfSetting', ['attachFile', 'student'], ['attachFile', 'owner']),
  ...yesOrNo('files.mayUseFile', ['putLessonFile (another’s file)', 'owner'], ['attachFile', 'owner']),
  ...yesOrNo('files.isOwnUpload', ['completeUpload', 'stranger'], ['completeUpload', 'student']),

  ...yesOrNo(
    'certificates.mayViewCertificate',
    ['getCertificate', 'stranger'],
    ['getCertificate', 'student'],
  ),
  ...refusal(
    'certificates.refusalOfListing',
    ['listCertificates', 'owner'],
    ['listCertificates (of a course)', 'owner'],
  ),
  ...refusal(
    'certificates.refusalOfReissue',
    ['reissueCertificate (replaced)', 'admin'],
    ['reissueCertificate', 'admin'],
  ),
];

/** The cell that shows whether somebody has a permission in a course. */
export const cellOfCoursePermission: Readonly<Record<string, string>> = {
  'course.view': 'getCourse (draft)',
  'content.view': 'getLesson',
  'course.edit': 'updateCourse',
  'staff.manage': 'listCourseStaff',
  'learners.view': 'listCourseEnrollments',
  'learners.manage': 'enroll (somebody else)',
  'attempts.grade': 'gradeAttempt',
};

/**
 * Those to whom a permission changes nothing: whoever edits a course reads its lessons, and the student, whose attempt
 * is graded in that line, may not grade their own.
 */
export const unmovedBy: Readonly<Record<string, readonly Caller[]>> = {
  'content.view': ['owner', 'coInstructor', 'admin'],
  'attempts.grade': ['student'],
};

/** Those to whom a permission of the institution changes nothing: who manages courses reads them. */
export const unmovedByOfRole: Readonly<Record<string, readonly Caller[]>> = {
  'courses.observeAny': ['admin'],
};

/** Whose policy asks for more than its route: with another access it refuses the same. The table holds it, and the policy's flips. */
export const refusedAnyway: readonly string[] = [
  'createSsoProvider',
  'createScimConnection',
  'rotateScimToken',
  'startImpersonation',
];

/** The line that shows whether a role has a permission, and who has the role and nothing else. */
export const rowOfPermission: Readonly<Record<string, string>> = {
  'courses.create': 'createCourse',
  'courses.manageAny': 'updateCourse (draft)',
  'courses.observeAny': 'getCourse (draft)',
  'users.manage': 'listUsers',
  'roles.manage': 'listCustomRoles',
  'groups.manage': 'listGroups',
  'sso.manage': 'listSsoProviders',
  'certificates.manage': 'revokeCertificate',
  'webhooks.manage': 'listWebhooks',
  'events.view': 'listEvents',
  'operation.view': 'listQueues',
  'operation.manage': 'retryJob',
  'audit.read': 'listAuditEvents',
};

/**
 * What an operation declares instead, and a cell that shows it: of those that must succeed for one who then could
 * not, or must be refused to one who then could. An operation for the signed in that declares itself public is no
 * other in its answers, since its handler asks for the caller too: the document tells it.
 */
export function otherAccess(
  declared: string,
  rows: readonly Row[],
): { access: string; row: Row; caller: Caller } {
  if (declared === 'provisioning') return ofDirectory(rows);
  const access = declared === 'signedIn' ? 'users.manage' : 'signedIn';
  const [status, among] = statusThatShows(declared);
  for (const row of rows) {
    const caller = among.find(
      (each) => row.expected[each].includes(status) === (declared !== 'public' && declared !== 'signedIn'),
    );
    if (caller) return { access, row, caller };
  }
  throw new Error(`no line shows that ${rows[0]?.operationId} declares ${declared}`);
}

// A directory has a token of its own, and no permission.
function ofDirectory(rows: readonly Row[]): { access: string; row: Row; caller: Caller } {
  const row = rows.find(({ expected }) => !expected.stranger.includes(401));
  if (!row) throw new Error(`no directory may call ${rows[0]?.operationId}`);
  return { access: 'users.manage', row, caller: 'stranger' };
}

function statusThatShows(declared: string): [status: number, among: readonly Caller[]] {
  const others = callers.filter((caller) => caller !== 'anonymous' && caller !== 'admin');
  return declared === 'public' ? [401, ['anonymous']] : [403, others];
}
