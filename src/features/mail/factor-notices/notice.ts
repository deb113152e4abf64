import type { FactorNotice, MailModels } from '../kinds.ts';
import type { MailContent } from '../words.ts';

/** All of it in one language. */
export type FactorNoticeWords = {
  notices: Record<FactorNotice, { subject: string; sentence: (project: string) => string }>;
  when: string;
  codesLeft: string;
  preheader: string;
  /** What to do where it was somebody else. */
  alarm: string;
};

export function factorNotice(
  words: FactorNoticeWords,
): (model: MailModels['secondFactors'], project: string) => MailContent {
  return ({ noticeCode, at, codesLeft }, project) => {
    const { subject, sentence } = words.notices[noticeCode];
    return {
      subject,
      preheader: words.preheader,
      heading: subject,
      paragraphs: [sentence(project)],
      facts: [[words.when, at], ...(codesLeft === null ? [] : ([[words.codesLeft, codesLeft]] as const))],
      notes: [words.alarm],
    };
  };
}
