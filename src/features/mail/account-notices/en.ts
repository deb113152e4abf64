import type { MailModels } from '../kinds.ts';
import type { MailContent } from '../words.ts';

export function suspended({ reason, endsAt }: MailModels['suspended'], project: string): MailContent {
  return {
    subject: 'Your account is suspended',
    preheader: 'You cannot sign in for now.',
    heading: 'Your account is suspended',
    paragraphs: [
      `An administrator suspended your account at ${project}. You cannot sign in; your courses and results are kept.`,
    ],
    facts: [
      ...(endsAt === null ? [] : ([['Until', endsAt]] as const)),
      ...(reason === null ? [] : ([['Reason', reason]] as const)),
    ],
    notes: ['If you think that this is a mistake, write to the administrators.'],
  };
}

export function suspensionEnded({ homeUrl }: MailModels['suspensionEnded'], project: string): MailContent {
  return {
    subject: 'You can sign in again',
    preheader: 'Your account is no longer suspended.',
    heading: 'You can sign in again',
    paragraphs: [`Your account at ${project} is no longer suspended. All is as you left it.`],
    ...(homeUrl !== null && { button: { label: 'Sign in', url: homeUrl } }),
  };
}

export function impersonated(
  { adminName, reason, at }: MailModels['impersonated'],
  project: string,
): MailContent {
  return {
    subject: 'An administrator looked at your account',
    preheader: 'Who it was and why is inside.',
    heading: 'An administrator looked at your account',
    paragraphs: [
      `An administrator of ${project} sees for a quarter of an hour at most what you see when you are signed in. Your password, your second factors and your answers cannot be changed by it.`,
    ],
    facts: [
      ['Administrator', adminName],
      ['From', at],
      ['Reason', reason],
    ],
    notes: [
      'You can end it at any time where you see your sessions. If you think that it was not right, write to the administrators.',
    ],
  };
}
