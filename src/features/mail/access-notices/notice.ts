import type { AccessNotice, AddressNotice, MailModels } from '../kinds.ts';
import type { MailContent } from '../words.ts';

type Sentence = (project: string) => string;
type Notice = { subject: string; sentence: Sentence };

/** What is told of an address and of what opens an account, in one language. */
export type AccountNoticeWords = {
  addresses: Record<AddressNotice, Notice>;
  /** On the button of the new address. */
  confirm: string;
  /** Before the button of the old one, and on it. */
  stop: string;
  notMe: string;
  validFor: (span: string) => string;
  newAddress: string;
  /** To the new address, and to the owner of one that somebody else wants. */
  ignore: string;
  access: Record<AccessNotice, Notice>;
  name: string;
  when: string;
  /** Of what is to come. */
  endsAt: string;
  preheader: string;
  /** What to do where there is no button for it. */
  alarm: string;
};

export function addressNotice(
  words: AccountNoticeWords,
): (model: MailModels['emailChange'], project: string) => MailContent {
  return ({ noticeCode, newEmail, actionUrl, validFor, at }, project) => {
    const { subject, sentence } = words.addresses[noticeCode];
    const isForNew = noticeCode === 'confirm';
    const isCalm = isForNew || noticeCode === 'wanted';
    return {
      subject,
      preheader: isCalm ? sentence(project) : words.preheader,
      heading: subject,
      paragraphs: [sentence(project)],
      facts: [
        ...(newEmail === null || isForNew ? [] : ([[words.newAddress, newEmail]] as const)),
        ...(isCalm ? [] : ([[words.when, at]] as const)),
      ],
      ...(actionUrl !== null && {
        ...(!isForNew && { invitation: words.stop }),
        button: { label: isForNew ? words.confirm : words.notMe, url: actionUrl },
      }),
      notes: [
        ...(validFor === null ? [] : [words.validFor(validFor)]),
        ...(isCalm ? [words.ignore] : []),
        ...(!isCalm && actionUrl === null ? [words.alarm] : []),
      ],
    };
  };
}

export function accessNotice(
  words: AccountNoticeWords,
): (model: MailModels['accountAccess'], project: string) => MailContent {
  return ({ noticeCode, name, endsAt, at }, project) => {
    const { subject, sentence } = words.access[noticeCode];
    return {
      subject,
      preheader: words.preheader,
      heading: subject,
      paragraphs: [sentence(project)],
      facts: [
        ...(name === null ? [] : ([[words.name, name]] as const)),
        [words.when, at],
        ...(endsAt === null ? [] : ([[words.endsAt, endsAt]] as const)),
      ],
      notes: [words.alarm],
    };
  };
}
