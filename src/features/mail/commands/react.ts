import type { VerificationReason } from '#features/identity/events.ts';
import type { Deps } from '#platform/deps.ts';
import { isNews } from '../news.ts';
import {
  findAccount,
  findAttempt,
  findCertificate,
  findEnrollment,
  listAdminIds,
} from '../queries/models.ts';
import { queueMails } from './queue-mails.ts';

/** For accounts whose address is vouched for; the others get theirs with the link that confirms it. */
export async function mailWelcome(deps: Deps, { userId }: { userId: string }): Promise<void> {
  const account = await findAccount(deps.db, userId);
  if (!account?.email_verified_at || !isFresh(deps, account.created_at)) return;
  await queueMails(deps, [{ userId, kind: 'welcome', cause: userId, params: {} }]);
}

export async function mailVerification(
  deps: Deps,
  { userId, tokenId, reason }: { userId: string; tokenId: string; reason: VerificationReason },
): Promise<void> {
  const params = { tokenId };
  const mail =
    reason === 'registered'
      ? ({ kind: 'welcome', cause: userId } as const)
      : ({ kind: 'emailVerification', cause: tokenId } as const);
  await queueMails(deps, [{ userId, params, ...mail }]);
}

export async function mailPasswordReset(
  deps: Deps,
  { userId, tokenId }: { userId: string; tokenId: string },
): Promise<void> {
  await queueMails(deps, [{ userId, kind: 'passwordReset', cause: tokenId, params: { tokenId } }]);
}

export async function mailInvitation(
  deps: Deps,
  { userId, tokenId }: { userId: string; tokenId: string },
): Promise<void> {
  await queueMails(deps, [{ userId, kind: 'invitation', cause: tokenId, params: { tokenId } }]);
}

/** At most one a day, however often somebody tries. */
export async function mailAccountExists(deps: Deps, { userId }: { userId: string }): Promise<void> {
  const cause = deps.clock.now().toISOString().slice(0, 10);
  await queueMails(deps, [{ userId, kind: 'accountExists', cause, params: {} }]);
}

/** Each time: what is said of it may have changed. */
export async function mailSuspension(
  deps: Deps,
  { userId }: { userId: string },
  cause: string,
): Promise<void> {
  await queueMails(deps, [{ userId, kind: 'suspended', cause, params: { userId } }]);
}

export async function mailSuspensionEnded(
  deps: Deps,
  { userId }: { userId: string },
  cause: string,
): Promise<void> {
  await queueMails(deps, [{ userId, kind: 'suspensionEnded', cause, params: {} }]);
}

type OfSession = { userId: string; sessionId: string };

export async function mailImpersonation(deps: Deps, { userId, sessionId }: OfSession): Promise<void> {
  await queueMails(deps, [{ userId, kind: 'impersonated', cause: sessionId, params: { sessionId } }]);
}

export async function mailDataExport(
  deps: Deps,
  { userId, exportId }: { userId: string; exportId: string },
): Promise<void> {
  await queueMails(deps, [{ userId, kind: 'dataExport', cause: exportId, params: { exportId } }]);
}

type OfEnrollment = { userId: string; enrollmentId: string };

export async function mailEnrollment(deps: Deps, { userId, enrollmentId }: OfEnrollment): Promise<void> {
  const enrollment = await findEnrollment(deps.db, enrollmentId);
  if (!isFresh(deps, enrollment?.created_at)) return;
  await queueMails(deps, [{ userId, kind: 'enrollment', cause: enrollmentId, params: { enrollmentId } }]);
}

type OfCertificate = { userId: string; certificateId: string };

export async function mailCompletion(deps: Deps, { userId, certificateId }: OfCertificate): Promise<void> {
  const certificate = await findCertificate(deps.db, certificateId);
  // A reissue is news whenever the course was completed.
  const since = certificate?.replaces_id === null ? certificate.completed_at : certificate?.issued_at;
  if (!isFresh(deps, since)) return;
  await queueMails(deps, [{ userId, kind: 'completion', cause: certificateId, params: { certificateId } }]);
}

/** Not where a reissue replaces it: of that the mail about the new one tells. */
export async function mailRevocation(deps: Deps, { userId, certificateId }: OfCertificate): Promise<void> {
  const certificate = await findCertificate(deps.db, certificateId);
  if (certificate?.successor_id !== null || !isFresh(deps, certificate.revoked_at)) return;
  await queueMails(deps, [
    { userId, kind: 'certificateRevoked', cause: certificateId, params: { certificateId } },
  ]);
}

/** Where a person graded it; what the program grades is told at once by the answer to the submission. */
export async function mailGrade(
  deps: Deps,
  { userId, attemptId }: { userId: string; attemptId: string },
  cause: string,
): Promise<void> {
  const attempt = await findAttempt(deps.db, attemptId);
  if (attempt?.is_graded_by_person !== true || !isFresh(deps, attempt.graded_at)) return;
  await queueMails(deps, [{ userId, kind: 'grade', cause, params: { attemptId } }]);
}

/** To every admin. */
export async function mailWebhookDisabled(
  deps: Deps,
  { webhookId, reason }: { webhookId: string; reason: 'failing' | 'gone' },
  cause: string,
): Promise<void> {
  const admins = await listAdminIds(deps.db);
  const params = { webhookId, reason };
  await queueMails(
    deps,
    admins.map((userId) => ({ userId, kind: 'webhookDisabled', cause, params })),
  );
}

function isFresh({ clock }: Deps, since: Date | null | undefined): boolean {
  return since != null && isNews(since, clock.now());
}
