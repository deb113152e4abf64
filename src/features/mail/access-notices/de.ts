import { accessNotice, addressNotice, type AccountNoticeWords } from './notice.ts';

const words: AccountNoticeWords = {
  addresses: {
    confirm: {
      subject: 'Bestätigen Sie Ihre neue Adresse',
      sentence: (project) =>
        `Jemand, hoffentlich Sie selbst, möchte diese Adresse für ein Konto bei ${project}. Sobald Sie sie bestätigen, gehen Mails hierher, und Sie melden sich mit ihr an.`,
    },
    asked: {
      subject: 'Eine andere Adresse wurde gewünscht',
      sentence: (project) =>
        `Jemand, der bei Ihrem Konto bei ${project} angemeldet ist, hat eine andere Adresse gewünscht. Sie gilt, sobald sie dort bestätigt ist. Waren Sie es, ist nichts zu tun.`,
    },
    changed: {
      subject: 'Ihre Adresse wurde geändert',
      sentence: (project) =>
        `Ihr Konto bei ${project} hat eine andere Adresse, an die Mails von nun an gehen. Waren Sie es, ist nichts zu tun.`,
    },
    changedByAdmin: {
      subject: 'Die Administration hat Ihre Adresse geändert',
      sentence: (project) => `Die Administration von ${project} hat die Adresse Ihres Kontos geändert.`,
    },
    wanted: {
      subject: 'Jemand möchte Ihre Adresse verwenden',
      sentence: (project) =>
        `Jemand, vielleicht Sie selbst, möchte diese Adresse für ein anderes Konto bei ${project} verwenden. Sie gehört zu Ihrem Konto, und nichts wurde geändert.`,
    },
  },
  confirm: 'Adresse bestätigen',
  stop: 'Falls Sie es nicht waren, halten Sie es auf: Alle Sitzungen enden, diese Adresse gilt wieder, und Sie wählen ein neues Passwort.',
  notMe: 'Ich war es nicht',
  validFor: (span) => `Der Link gilt einmal: ${span} lang.`,
  newAddress: 'Neue Adresse',
  ignore: 'Falls Sie es nicht waren, tun Sie nichts.',
  access: {
    apiKeyCreated: {
      subject: 'Ein API-Schlüssel wurde erstellt',
      sentence: (project) =>
        `Damit kann ein Programm bei ${project} für Sie handeln, bis Sie ihn widerrufen oder er abläuft.`,
    },
    apiKeyRotated: {
      subject: 'Ein API-Schlüssel hat ein neues Geheimnis',
      sentence: (project) =>
        `Damit kann ein Programm bei ${project} für Sie handeln. Das Geheimnis davor gilt noch 24 Stunden.`,
    },
    identityLinked: {
      subject: 'Ein weiterer Weg zur Anmeldung wurde verknüpft',
      sentence: (project) =>
        `Von nun an kann man sich bei Ihrem Konto bei ${project} über diesen Anbieter anmelden.`,
    },
    erasureRequested: {
      subject: 'Ihr Konto soll gelöscht werden',
      sentence: (project) =>
        `Jemand hat verlangt, dass Ihr Konto bei ${project} gelöscht wird, mit allem, was über Sie aufbewahrt wird. Bis dahin lässt es sich zurücknehmen.`,
    },
  },
  name: 'Name',
  when: 'Zeitpunkt',
  endsAt: 'Löschung am',
  preheader: 'Falls Sie es nicht waren, handeln Sie jetzt.',
  alarm:
    'Falls Sie es nicht waren, wählen Sie sofort ein neues Passwort und verständigen Sie die Administration.',
};

export const emailChange = addressNotice(words);
export const accountAccess = accessNotice(words);
