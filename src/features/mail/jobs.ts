import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import {
  mailApiKeyCreated,
  mailApiKeyRotated,
  mailEmailChange,
  mailEmailChanged,
  mailErasure,
  mailIdentityLinked,
} from './commands/access-notices.ts';
import { purgeOldMails } from './commands/purge-mails.ts';
import {
  mailAccountExists,
  mailCompletion,
  mailDataExport,
  mailEnrollment,
  mailGrade,
  mailImpersonation,
  mailInvitation,
  mailPasswordReset,
  mailRevocation,
  mailSuspension,
  mailSuspensionEnded,
  mailVerification,
  mailWebhookDisabled,
  mailWelcome,
} from './commands/react.ts';
import { mailFactorRefused, mailFactorsChanged, mailPasswordChanged } from './commands/sign-in-notices.ts';
import { remindIdle } from './commands/remind-idle.ts';
import { sendMail } from './commands/send-mail.ts';
import {
  accountExistsMailJob,
  apiKeyMailJob,
  apiKeyRotatedMailJob,
  completionMailJob,
  dataExportMailJob,
  emailChangedMailJob,
  emailChangeMailJob,
  enrollmentMailJob,
  erasureMailJob,
  factorRefusedMailJob,
  factorsMailJob,
  gradeMailJob,
  identityMailJob,
  impersonationMailJob,
  invitationMailJob,
  passwordChangedMailJob,
  passwordResetMailJob,
  purgeMailsJob,
  remindJob,
  revocationMailJob,
  sendMailJob,
  suspensionEndedMailJob,
  suspensionMailJob,
  verificationMailJob,
  webhookMailJob,
  welcomeMailJob,
} from './job-definitions.ts';

export const mailJobs = [
  job<Deps, typeof sendMailJob.payload>(sendMailJob, (deps, { mailId }, run) => sendMail(deps, mailId, run)),
  job<Deps, typeof welcomeMailJob.payload>(welcomeMailJob, mailWelcome),
  job<Deps, typeof verificationMailJob.payload>(verificationMailJob, mailVerification),
  job<Deps, typeof passwordResetMailJob.payload>(passwordResetMailJob, mailPasswordReset),
  job<Deps, typeof invitationMailJob.payload>(invitationMailJob, mailInvitation),
  job<Deps, typeof emailChangeMailJob.payload>(emailChangeMailJob, mailEmailChange),
  job<Deps, typeof emailChangedMailJob.payload>(emailChangedMailJob, mailEmailChanged),
  job<Deps, typeof apiKeyMailJob.payload>(apiKeyMailJob, mailApiKeyCreated),
  job<Deps, typeof identityMailJob.payload>(identityMailJob, mailIdentityLinked),
  job<Deps, typeof erasureMailJob.payload>(erasureMailJob, mailErasure),
  job<Deps, typeof accountExistsMailJob.payload>(accountExistsMailJob, mailAccountExists),
  job<Deps, typeof impersonationMailJob.payload>(impersonationMailJob, mailImpersonation),
  job<Deps, typeof enrollmentMailJob.payload>(enrollmentMailJob, mailEnrollment),
  job<Deps, typeof completionMailJob.payload>(completionMailJob, mailCompletion),
  job<Deps, typeof revocationMailJob.payload>(revocationMailJob, mailRevocation),
  job<Deps, typeof dataExportMailJob.payload>(dataExportMailJob, mailDataExport),
  // What may happen to one thing several times is told each time: an event has one job, whose id stays through its tries.
  job<Deps, typeof passwordChangedMailJob.payload>(passwordChangedMailJob, (deps, payload, { id }) =>
    mailPasswordChanged(deps, payload, id),
  ),
  job<Deps, typeof apiKeyRotatedMailJob.payload>(apiKeyRotatedMailJob, (deps, payload, { id }) =>
    mailApiKeyRotated(deps, payload, id),
  ),
  job<Deps, typeof factorsMailJob.payload>(factorsMailJob, (deps, payload, { id }) =>
    mailFactorsChanged(deps, payload, id),
  ),
  job<Deps, typeof factorRefusedMailJob.payload>(factorRefusedMailJob, (deps, payload, { id }) =>
    mailFactorRefused(deps, payload, id),
  ),
  job<Deps, typeof suspensionMailJob.payload>(suspensionMailJob, (deps, payload, { id }) =>
    mailSuspension(deps, payload, id),
  ),
  job<Deps, typeof suspensionEndedMailJob.payload>(suspensionEndedMailJob, (deps, payload, { id }) =>
    mailSuspensionEnded(deps, payload, id),
  ),
  job<Deps, typeof gradeMailJob.payload>(gradeMailJob, (deps, payload, { id }) =>
    mailGrade(deps, payload, id),
  ),
  job<Deps, typeof webhookMailJob.payload>(webhookMailJob, (deps, payload, { id }) =>
    mailWebhookDisabled(deps, payload, id),
  ),
  job<Deps, typeof remindJob.payload>(remindJob, async (deps) => {
    const count = await remindIdle(deps);
    deps.log.info({ count }, 'reminded learners of courses that are waiting');
  }),
  job<Deps, typeof purgeMailsJob.payload>(purgeMailsJob, async (deps, _payload, { signal }) => {
    const { purged, forgotten } = await purgeOldMails(deps, signal);
    deps.log.info({ purged, forgotten }, 'purged mails of long ago, and gave up those whose jobs were lost');
  }),
];
