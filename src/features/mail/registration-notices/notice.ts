import type { MailModels } from '../kinds.ts';
import type { MailContent } from '../words.ts';

/** What is said of an address that is to be confirmed, and as a welcome, in one language. */
export type RegistrationWords = {
  welcome: (project: string) => string;
  /** As a subject. */
  welcomeAndConfirm: (project: string) => string;
  isReady: string;
  signIn: string;
  noPassword: string;
  confirm: { subject: string; preheader: string; sentence: string; button: string };
  /** Where it is not known who registered. */
  registered: (project: string) => string;
  when: string;
  ifMe: string;
  notMe: string;
  ifNotMe: string;
  validFor: (span: string) => string;
  ignore: string;
};

export function welcomeOf(
  words: RegistrationWords,
): (model: MailModels['welcome'], project: string) => MailContent {
  return ({ verifyUrl, homeUrl, registration }, project) => {
    const heading = words.welcome(project);
    if (verifyUrl !== null)
      return {
        subject: words.welcomeAndConfirm(project),
        preheader: words.confirm.preheader,
        heading,
        ...toConfirm(words, { verifyUrl, registration }, project),
      };
    return {
      subject: heading,
      preheader: words.isReady,
      heading,
      paragraphs: [words.isReady],
      ...(homeUrl !== null && { button: { label: words.signIn, url: homeUrl } }),
      notes: [words.noPassword],
    };
  };
}

export function verificationOf(
  words: RegistrationWords,
): (model: MailModels['emailVerification'], project: string) => MailContent {
  return ({ verifyUrl, validFor, registration }, project) => {
    const { notes = [], ...content } = toConfirm(words, { verifyUrl, registration }, project);
    const { subject, preheader } = words.confirm;
    return {
      subject,
      preheader,
      heading: subject,
      ...content,
      notes: [words.validFor(validFor), ...notes],
    };
  };
}

type ToConfirm = Pick<MailContent, 'paragraphs' | 'facts' | 'invitation' | 'button' | 'link' | 'notes'>;

function toConfirm(
  words: RegistrationWords,
  { verifyUrl, registration }: { verifyUrl: string; registration: MailModels['welcome']['registration'] },
  project: string,
): ToConfirm {
  const button = { label: words.confirm.button, url: verifyUrl };
  if (registration === null) return { paragraphs: [words.confirm.sentence], button, notes: [words.ignore] };
  return {
    paragraphs: [words.registered(project)],
    facts: [[words.when, registration.at]],
    invitation: words.ifMe,
    button,
    link: { label: words.notMe, url: registration.undoUrl },
    notes: [words.ifNotMe],
  };
}
