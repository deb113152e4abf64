import type { FactorsChange } from '#features/identity/events.ts';
import { notificationKinds, type NotificationKind } from '#features/notifications/policy.ts';

/** Mails about the account itself. Nobody can switch them off. */
const accountMailKinds = [
  'welcome',
  'emailVerification',
  'passwordReset',
  /** An account was made for somebody, who is to choose its password. */
  'invitation',
  'passwordChanged',
  /** Another address: to be confirmed, asked for, given, or wanted by somebody else. */
  'emailChange',
  /** A program, or a provider, opens the account from now on. */
  'accountAccess',
  /** One was added or removed, a recovery code used, or codes guessed. */
  'secondFactors',
  /** Somebody registered with an address that has an account. */
  'accountExists',
  /** Shut out, or let in again. */
  'suspended',
  'suspensionEnded',
  /** An admin acts as them. */
  'impersonated',
  /** All that is kept of somebody can be fetched. */
  'dataExport',
] as const;

/** Every kind of mail: those that can be switched off carry the name of their preference. */
export const mailKinds = [...accountMailKinds, ...notificationKinds] as const;
export type MailKind = (typeof mailKinds)[number];

export function isMailKind(text: string): text is MailKind {
  return (mailKinds as readonly string[]).includes(text);
}

/** The preference that a mail of this kind follows, or undefined where there is none. */
export function preferenceOf(kind: MailKind): NotificationKind | undefined {
  return notificationKinds.find((each) => each === kind);
}

/** What people are told of their second factors; `codesRefused`: somebody who knows their password guesses codes. */
export type FactorNotice = FactorsChange | 'codesRefused';

/** What is told of another address, and to which: `confirm` to the new one, `wanted` to its owner, the rest to the old one. */
export type AddressNotice = 'confirm' | 'asked' | 'changed' | 'changedByAdmin' | 'wanted';
/** What opens an account from now on, or ends it. */
export type AccessNotice = 'apiKeyCreated' | 'apiKeyRotated' | 'identityLinked' | 'erasureRequested';

/** When somebody registered with the address, and where its owner says that it was not they; null once it was confirmed. */
type Registration = { at: string; undoUrl: string } | null;

/**
 * What a mail of each kind tells, read when it is written. Addresses of links end in `Url`, codes in `Code`; all other texts were
 * written by somebody, in any language, or are dates and numbers in the reader's.
 */
export type MailModels = {
  welcome: { verifyUrl: string | null; homeUrl: string | null; registration: Registration };
  emailVerification: { verifyUrl: string; validFor: string; registration: Registration };
  passwordReset: { resetUrl: string; validFor: string };
  invitation: { acceptUrl: string; validFor: string };
  /** `device`: on which it was done, whose session goes on; null where it is not known or nothing goes on. */
  passwordChanged: { changedAt: string; device: string | null; hasOpenSession: boolean };
  /** `newEmail`: null where there is none, or it is not for the reader to know. */
  emailChange: {
    noticeCode: AddressNotice;
    newEmail: string | null;
    actionUrl: string | null;
    validFor: string | null;
    at: string;
  };
  /** `name`: of the key or the provider. `endsAt`: when it is erased. Null where there is no such thing. */
  accountAccess: { noticeCode: AccessNotice; name: string | null; endsAt: string | null; at: string };
  /** `codesLeft`: recovery codes, where one was used. */
  secondFactors: { noticeCode: FactorNotice; at: string; codesLeft: string | null };
  accountExists: { forgottenUrl: string | null };
  /** `reason`: where it is to be told. `endsAt`: null until somebody ends it. */
  suspended: { reason: string | null; endsAt: string | null };
  suspensionEnded: { homeUrl: string | null };
  impersonated: { adminName: string; reason: string; at: string };
  dataExport: { exportUrl: string | null; availableUntil: string };
  enrollment: { courseTitle: string; courseUrl: string | null };
  completion: {
    courseTitle: string;
    completedOn: string;
    number: string;
    /** It replaces an earlier one, which no longer holds. */
    isReissue: boolean;
    verifyUrl: string;
    /** Where the person finds the PDF, signed in. */
    pdfUrl: string | null;
  };
  certificateRevoked: { courseTitle: string; number: string; reason: string; verifyUrl: string };
  grade: {
    courseTitle: string;
    lessonTitle: string;
    /** Null where the quiz keeps its results to itself. */
    result: { score: string; maxScore: string; isPassed: boolean } | null;
    courseUrl: string | null;
  };
  reminder: { courseTitle: string; progressPercent: string; courseUrl: string | null };
  webhookDisabled: { reasonCode: 'failing' | 'gone'; receiver: string; webhookUrl: string | null };
};
