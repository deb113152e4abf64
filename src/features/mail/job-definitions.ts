import { quizGraded } from '#features/assessments/events.ts';
import { certificateIssued, certificateRevoked } from '#features/certificates/events.ts';
import { enrollmentCreated } from '#features/enrollments/events.ts';
import {
  apiKeyCreated,
  apiKeyRotated,
  emailChanged,
  emailChangeRequested,
  invitationIssued,
  factorRefused,
  factorsChanged,
  passwordChanged,
  passwordResetRequested,
  registerRepeated,
  suspensionEnded,
  userImpersonated,
  userRegistered,
  userSuspended,
  verificationRequested,
} from '#features/identity/events.ts';
import { identityLinked } from '#features/sso/events.ts';
import { webhookDisabled } from '#features/webhooks/events.ts';
import { id, object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

/** Sends one mail. Tried for a day and more, since a mail server may be away for hours. */
export const sendMailJob = defineJob({
  name: 'mail.send',
  queue: 'emails',
  payload: object({ mailId: id }),
  // 2 s, doubled each time up to an hour: 11 tries in the first hour or so, then one an hour.
  retryLimit: 36,
});

// One an event: each decides who gets a mail of it, and adds the job that sends it.
export const welcomeMailJob = defineJob({
  name: 'mail.welcome',
  queue: 'emails',
  payload: userRegistered.data,
});
export const verificationMailJob = defineJob({
  name: 'mail.verification',
  queue: 'emails',
  payload: verificationRequested.data,
});
export const passwordResetMailJob = defineJob({
  name: 'mail.password-reset',
  queue: 'emails',
  payload: passwordResetRequested.data,
});
export const invitationMailJob = defineJob({
  name: 'mail.invitation',
  queue: 'emails',
  payload: invitationIssued.data,
});
export const passwordChangedMailJob = defineJob({
  name: 'mail.password-changed',
  queue: 'emails',
  payload: passwordChanged.data,
});
export const emailChangeMailJob = defineJob({
  name: 'mail.email-change',
  queue: 'emails',
  payload: emailChangeRequested.data,
});
export const emailChangedMailJob = defineJob({
  name: 'mail.email-changed',
  queue: 'emails',
  payload: emailChanged.data,
});
export const apiKeyMailJob = defineJob({
  name: 'mail.api-key',
  queue: 'emails',
  payload: apiKeyCreated.data,
});
export const apiKeyRotatedMailJob = defineJob({
  name: 'mail.api-key-rotated',
  queue: 'emails',
  payload: apiKeyRotated.data,
});
export const identityMailJob = defineJob({
  name: 'mail.identity-linked',
  queue: 'emails',
  payload: identityLinked.data,
});
export const erasureMailJob = defineJob({
  name: 'mail.erasure',
  queue: 'emails',
  payload: object({ userId: id, erasureId: id }),
});
export const factorsMailJob = defineJob({
  name: 'mail.factors-changed',
  queue: 'emails',
  payload: factorsChanged.data,
});
export const factorRefusedMailJob = defineJob({
  name: 'mail.factor-refused',
  queue: 'emails',
  payload: factorRefused.data,
});
export const accountExistsMailJob = defineJob({
  name: 'mail.account-exists',
  queue: 'emails',
  payload: registerRepeated.data,
});
export const suspensionMailJob = defineJob({
  name: 'mail.suspension',
  queue: 'emails',
  payload: userSuspended.data,
});
export const suspensionEndedMailJob = defineJob({
  name: 'mail.suspension-ended',
  queue: 'emails',
  payload: suspensionEnded.data,
});
export const impersonationMailJob = defineJob({
  name: 'mail.impersonation',
  queue: 'emails',
  payload: userImpersonated.data,
});
export const enrollmentMailJob = defineJob({
  name: 'mail.enrollment',
  queue: 'emails',
  payload: enrollmentCreated.data,
});
export const completionMailJob = defineJob({
  name: 'mail.completion',
  queue: 'emails',
  payload: certificateIssued.data,
});
export const revocationMailJob = defineJob({
  name: 'mail.certificate-revoked',
  queue: 'emails',
  payload: certificateRevoked.data,
});
export const dataExportMailJob = defineJob({
  name: 'mail.data-export',
  queue: 'emails',
  payload: object({ userId: id, exportId: id }),
});
export const gradeMailJob = defineJob({ name: 'mail.grade', queue: 'emails', payload: quizGraded.data });
export const webhookMailJob = defineJob({
  name: 'mail.webhook-disabled',
  queue: 'emails',
  payload: webhookDisabled.data,
});

/** Daily: reminds those who have done nothing in a course for a while. */
export const remindJob = defineJob({ name: 'mail.remind', queue: 'emails', payload: object({}) });

/** Nightly: forgets mails that were sent long ago, and gives up those whose job was lost. */
export const purgeMailsJob = defineJob({ name: 'mail.purge', queue: 'maintenance', payload: object({}) });
