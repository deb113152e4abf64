import type { MailModels } from '../kinds.ts';
import type { MailContent } from '../words.ts';

export function suspended({ reason, endsAt }: MailModels['suspended'], project: string): MailContent {
  return {
    subject: 'Ihr Konto ist gesperrt',
    preheader: 'Sie können sich vorerst nicht anmelden.',
    heading: 'Ihr Konto ist gesperrt',
    paragraphs: [
      `Die Administration hat Ihr Konto bei ${project} gesperrt. Sie können sich nicht anmelden; Ihre Kurse und Ergebnisse bleiben erhalten.`,
    ],
    facts: [
      ...(endsAt === null ? [] : ([['Bis', endsAt]] as const)),
      ...(reason === null ? [] : ([['Grund', reason]] as const)),
    ],
    notes: ['Wenn Sie das für einen Irrtum halten, schreiben Sie der Administration.'],
  };
}

export function suspensionEnded({ homeUrl }: MailModels['suspensionEnded'], project: string): MailContent {
  return {
    subject: 'Sie können sich wieder anmelden',
    preheader: 'Ihr Konto ist nicht mehr gesperrt.',
    heading: 'Sie können sich wieder anmelden',
    paragraphs: [`Ihr Konto bei ${project} ist nicht mehr gesperrt. Alles ist, wie Sie es verlassen haben.`],
    ...(homeUrl !== null && { button: { label: 'Anmelden', url: homeUrl } }),
  };
}

export function impersonated(
  { adminName, reason, at }: MailModels['impersonated'],
  project: string,
): MailContent {
  return {
    subject: 'Die Administration hat Ihr Konto angesehen',
    preheader: 'Wer und warum, steht in dieser Nachricht.',
    heading: 'Die Administration hat Ihr Konto angesehen',
    paragraphs: [
      `Jemand aus der Administration von ${project} sieht für höchstens eine Viertelstunde, was Sie sehen, wenn Sie angemeldet sind. Ihr Passwort, Ihre zweiten Faktoren und Ihre Antworten können dabei nicht geändert werden.`,
    ],
    facts: [
      ['Wer', adminName],
      ['Ab', at],
      ['Grund', reason],
    ],
    notes: [
      'Sie können es jederzeit beenden, wo Sie Ihre Sitzungen sehen. Wenn Sie es für nicht richtig halten, schreiben Sie der Administration.',
    ],
  };
}
