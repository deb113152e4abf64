import type { NotificationKind } from '#features/notifications/policy.ts';
import type { MailKind, MailModels } from './kinds.ts';

/** What one mail says, in one language. Plain text: all of it is escaped where it becomes HTML. */
export type MailContent = {
  subject: string;
  /** Follows the subject in a list of mails. */
  preheader: string;
  heading: string;
  paragraphs: readonly string[];
  facts?: readonly (readonly [label: string, value: string])[];
  /** Just before the button, which it speaks of. */
  invitation?: string;
  button?: { label: string; url: string };
  /** A second address, which is no less right to go to. */
  link?: { label: string; url: string };
  /** Smaller, below the button. */
  notes?: readonly string[];
};

/** All that is said in one language, in mails and on the page for unsubscribing. */
export type MailWords = {
  /** BCP 47 primary subtag; the name of its file. */
  language: string;
  direction: 'ltr' | 'rtl';
  /** Null: nobody has shown yet that the name is of who reads it. */
  greeting(name: string | null): string;
  /** Before the address of the button, for those whose program shows none. */
  buttonFallback: string;
  /** Why one gets it. */
  footer(projectName: string): string;
  unsubscribe: string;
  mails: { [Kind in MailKind]: (model: MailModels[Kind], projectName: string) => MailContent };
  page: {
    title: string;
    /** What mails of this kind are about, within the sentences below. */
    kinds: Record<NotificationKind, string>;
    question(kind: string): string;
    button: string;
    doneTitle: string;
    done(kind: string): string;
    account: string;
    unknownTitle: string;
    unknown: string;
    /** The link that leads there. */
    signIn: string;
  };
};
