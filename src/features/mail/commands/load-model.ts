import { findEmailToken, type SendableToken } from '#features/identity/commands/find-email-token.ts';
import { lifetimeMs } from '#features/identity/commands/issue-email-token.ts';
import type { Deps } from '#platform/deps.ts';
import type { Format } from '../format.ts';
import { deviceNameOf } from '../device-name.ts';
import type { AccessNotice, FactorNotice, MailKind, MailModels } from '../kinds.ts';
import { linksOf } from '../links.ts';
import type { SendableMail } from '../queries/mails.ts';
import {
  findAttempt,
  findCertificate,
  findEnrollment,
  findErasureDay,
  findExportEnd,
  findImpersonation,
  findKeyName,
  findProviderName,
  findSuspension,
  findUserAgent,
  findWebhookUrl,
} from '../queries/models.ts';
import { loadEmailChange } from './load-email-change.ts';

export type LoadDeps = Pick<Deps, 'db' | 'config' | 'encryption' | 'clock'>;
type Asked = { mail: Pick<SendableMail, 'params' | 'created_at'>; format: Format };
type Loader<Kind extends MailKind> = (deps: LoadDeps, asked: Asked) => Promise<MailModels[Kind] | undefined>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * How what a mail tells is read, for each kind, at the moment it is written. Undefined where there is nothing left to
 * tell: a link that has expired, a course that the person has left.
 */
export const loaders: { readonly [Kind in MailKind]: Loader<Kind> } = {
  async welcome(deps, { mail, format }) {
    const links = linksOf(deps.config);
    const { tokenId } = mail.params;
    const token = tokenId === undefined ? undefined : await findEmailToken(deps, tokenId);
    const verifyUrl = token ? links.verifyEmail(token.token) : null;
    return { verifyUrl, homeUrl: links.home(), registration: registrationOf(deps, token, format) };
  },
  async emailVerification(deps, { mail, format }) {
    const found = await findEmailToken(deps, idIn(mail, 'tokenId'));
    if (found?.purpose !== 'verification') return undefined;
    const validFor = format.hours(lifetimeMs.verification / hourMs);
    const verifyUrl = linksOf(deps.config).verifyEmail(found.token);
    return { verifyUrl, validFor, registration: registrationOf(deps, found, format) };
  },
  async passwordReset(deps, { mail, format }) {
    const found = await findEmailToken(deps, idIn(mail, 'tokenId'));
    if (found?.purpose !== 'passwordReset') return undefined;
    const validFor = format.hours(lifetimeMs.passwordReset / hourMs);
    return { resetUrl: linksOf(deps.config).resetPassword(found.token), validFor };
  },
  async invitation(deps, { mail, format }) {
    const found = await findEmailToken(deps, idIn(mail, 'tokenId'));
    if (found?.purpose !== 'invitation') return undefined;
    const validFor = format.days(lifetimeMs.invitation / dayMs);
    return { acceptUrl: linksOf(deps.config).acceptInvitation(found.token), validFor };
  },
  async passwordChanged({ db }, { mail, format }) {
    const { sessionId } = mail.params;
    const userAgent = sessionId === undefined ? null : await findUserAgent(db, sessionId);
    const changedAt = format.moment(mail.created_at);
    return { changedAt, device: deviceNameOf(userAgent), hasOpenSession: sessionId !== undefined };
  },
  emailChange: loadEmailChange,
  async accountAccess({ db }, { mail, format }) {
    const { what, keyId, providerId, erasureId } = mail.params;
    const notice = { noticeCode: what as AccessNotice, at: format.moment(mail.created_at) };
    if (erasureId !== undefined) {
      const dueAt = await findErasureDay(db, erasureId);
      return dueAt && { ...notice, name: null, endsAt: format.moment(dueAt) };
    }
    const name =
      keyId === undefined ? await findProviderName(db, providerId ?? '') : await findKeyName(db, keyId);
    return name === undefined ? undefined : { ...notice, name, endsAt: null };
  },
  async secondFactors(_, { mail, format }) {
    const { what = '', codesLeft = null } = mail.params;
    return { noticeCode: what as FactorNotice, at: format.moment(mail.created_at), codesLeft };
  },
  async accountExists({ config }) {
    return { forgottenUrl: linksOf(config).forgottenPassword() };
  },
  async suspended({ db }, { mail, format }) {
    const found = await findSuspension(db, idIn(mail, 'userId'));
    if (!found) return undefined;
    const { reason, is_reason_told: isReasonTold, ends_at: endsAt } = found;
    return { reason: isReasonTold ? reason : null, endsAt: endsAt && format.moment(endsAt) };
  },
  async suspensionEnded({ config }) {
    return { homeUrl: linksOf(config).home() };
  },
  async impersonated({ db }, { mail, format }) {
    const found = await findImpersonation(db, idIn(mail, 'sessionId'));
    return found && { ...found, at: format.moment(mail.created_at) };
  },
  async dataExport({ db, config, clock }, { mail, format }) {
    const exportId = idIn(mail, 'exportId');
    const availableUntil = await findExportEnd(db, exportId, clock.now());
    if (!availableUntil) return undefined;
    return { exportUrl: linksOf(config).dataExport(exportId), availableUntil: format.moment(availableUntil) };
  },
  async enrollment({ db, config }, { mail }) {
    const found = await findEnrollment(db, idIn(mail, 'enrollmentId'));
    if (!found || found.status === 'withdrawn') return undefined;
    return { courseTitle: found.title, courseUrl: linksOf(config).course(found.slug) };
  },
  async completion({ db, config }, { mail, format }) {
    const found = await findCertificate(db, idIn(mail, 'certificateId'));
    if (!found || found.revoked_at) return undefined;
    const links = linksOf(config);
    return {
      courseTitle: found.course_title,
      completedOn: format.day(found.completed_at),
      number: found.number,
      isReissue: found.replaces_id !== null,
      verifyUrl: links.verifyCertificate(found.number),
      pdfUrl: links.certificate(found.id),
    };
  },
  async certificateRevoked({ db, config }, { mail }) {
    const found = await findCertificate(db, idIn(mail, 'certificateId'));
    if (!found) return undefined;
    return {
      courseTitle: found.course_title,
      number: found.number,
      reason: found.revocation_reason ?? '',
      verifyUrl: linksOf(config).verifyCertificate(found.number),
    };
  },
  async grade({ db, config }, { mail, format }) {
    const found = await findAttempt(db, idIn(mail, 'attemptId'));
    if (found?.status !== 'graded') return undefined;
    const isTold = found.show_results !== 'never';
    return {
      courseTitle: found.course_title,
      lessonTitle: found.lesson_title,
      result: isTold
        ? {
            score: format.number(found.score ?? 0),
            maxScore: format.number(found.max_score),
            isPassed: found.passed ?? false,
          }
        : null,
      courseUrl: linksOf(config).course(found.slug),
    };
  },
  async reminder({ db, config }, { mail, format }) {
    const found = await findEnrollment(db, idIn(mail, 'enrollmentId'));
    const isIdle = (found?.last_activity_at ?? mail.created_at) <= mail.created_at;
    if (found?.status !== 'active' || found.course_status !== 'published' || !isIdle) return undefined;
    const progressPercent = format.percent(found.progress_percent);
    return { courseTitle: found.title, progressPercent, courseUrl: linksOf(config).course(found.slug) };
  },
  async webhookDisabled({ db, config }, { mail }) {
    const webhookId = idIn(mail, 'webhookId');
    const url = await findWebhookUrl(db, webhookId);
    if (url === undefined) return undefined;
    const reasonCode = mail.params['reason'] === 'gone' ? 'gone' : 'failing';
    // The rest of its address may hold a secret.
    const receiver = URL.parse(url)?.host ?? '';
    return { reasonCode, receiver, webhookUrl: linksOf(config).webhook(webhookId) };
  },
};

function registrationOf({ config }: LoadDeps, found: SendableToken | undefined, format: Format) {
  if (!found?.registeredAt) return null;
  return { at: format.moment(found.registeredAt), undoUrl: linksOf(config).undoRegistration(found.token) };
}

function idIn({ params }: Asked['mail'], name: string): string {
  const id = params[name];
  if (id === undefined) throw new Error(`The mail has no ${name}.`);
  return id;
}
