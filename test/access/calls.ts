import { adminCalls } from './calls/admin.ts';
import { apiKeyCalls } from './calls/api-keys.ts';
import { attemptCalls, quizCalls } from './calls/assessments.ts';
import { certificateCalls } from './calls/certificates.ts';
import { courseCalls, lessonCalls } from './calls/courses.ts';
import { enrollmentCalls } from './calls/enrollments.ts';
import { factorCalls } from './calls/factors.ts';
import { fileCalls } from './calls/files.ts';
import { identityCalls } from './calls/identity.ts';
import { importCalls } from './calls/imports.ts';
import { roleCalls } from './calls/roles.ts';
import { scimCalls } from './calls/scim.ts';
import { ssoCalls } from './calls/sso.ts';
import { standingCalls } from './calls/standing.ts';
import { webhookCalls } from './calls/webhooks.ts';
import { privacyCalls } from './calls/privacy.ts';
import { mailCalls } from './calls/mail.ts';
import { notificationCalls } from './calls/notifications.ts';
import type { Recipe } from './recipe.ts';

/** How each line of the table is called, by its name. */
export const calls: Readonly<Record<string, Recipe>> = {
  ...identityCalls,
  ...factorCalls,
  ...standingCalls,
  ...roleCalls,
  ...ssoCalls,
  ...scimCalls,
  ...importCalls,
  ...apiKeyCalls,
  ...courseCalls,
  ...lessonCalls,
  ...enrollmentCalls,
  ...quizCalls,
  ...attemptCalls,
  ...fileCalls,
  ...certificateCalls,
  ...webhookCalls,
  ...notificationCalls,
  ...mailCalls,
  ...privacyCalls,
  ...adminCalls,
};
