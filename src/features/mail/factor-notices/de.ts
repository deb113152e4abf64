import { factorNotice } from './notice.ts';

export const secondFactors = factorNotice({
  notices: {
    totpAdded: {
      subject: 'Eine Authenticator-App wurde hinzugefügt',
      sentence: (project) => `Ihr Konto bei ${project} fragt beim Anmelden nun nach einem Code dieser App.`,
    },
    totpRemoved: {
      subject: 'Ihre Authenticator-App wurde entfernt',
      sentence: (project) => `Ihr Konto bei ${project} fragt nicht mehr nach ihren Codes.`,
    },
    passkeyAdded: {
      subject: 'Ein Passkey wurde hinzugefügt',
      sentence: (project) => `Damit kann man sich bei Ihrem Konto bei ${project} anmelden.`,
    },
    passkeyRemoved: {
      subject: 'Ein Passkey wurde entfernt',
      sentence: (project) => `Er öffnet Ihr Konto bei ${project} nicht mehr.`,
    },
    recoveryCodesMade: {
      subject: 'Neue Wiederherstellungscodes wurden erstellt',
      sentence: (project) => `Die älteren Codes Ihres Kontos bei ${project} sind ungültig.`,
    },
    recoveryCodeUsed: {
      subject: 'Ein Wiederherstellungscode wurde verwendet',
      sentence: (project) =>
        `Bei ${project} wurde einer Ihrer Wiederherstellungscodes anstelle Ihres zweiten Faktors verwendet. Er ist verbraucht.`,
    },
    removedByAdmin: {
      subject: 'Ihre zweiten Faktoren wurden entfernt',
      sentence: (project) =>
        `Die Administration von ${project} hat Ihre Authenticator-App, Passkeys und Wiederherstellungscodes entfernt; alle Ihre Sitzungen wurden beendet.`,
    },
    waysRemoved: {
      subject: 'Ihr Konto wurde gesichert',
      sentence: (project) =>
        `Was Ihr Konto bei ${project} öffnete und nicht allein von Ihnen gewählt war, wurde entfernt, als Sie über Ihre Einrichtung dazukamen: Passwort, Passkeys, Authenticator-App, API-Schlüssel und Sitzungen, soweit vorhanden. Melden Sie sich über Ihre Einrichtung an, oder setzen Sie Ihr Passwort zurück.`,
    },
    waysRemovedForRights: {
      subject: 'Wählen Sie ein neues Passwort',
      sentence: (project) =>
        `Sie dürfen bei ${project} von nun an mehr. Damit es niemand außer Ihnen in Ihrem Namen tut, wurde entfernt, was Ihr Konto öffnete und nicht allein von Ihnen gewählt war: Passwort, Passkeys, Authenticator-App, API-Schlüssel und Sitzungen, soweit vorhanden. Hatten Sie ein Passwort, bittet Sie eine weitere E-Mail, ein neues zu wählen.`,
    },
    codesRefused: {
      subject: 'Jemand versucht, Ihre Codes zu erraten',
      sentence: (project) =>
        `Für Ihr Konto bei ${project} wurden mehrere falsche Codes gesendet, von jemandem, der Ihr Passwort kennt oder eine Ihrer Sitzungen hat. Falls Sie es nicht waren, wählen Sie ein neues Passwort.`,
    },
  },
  when: 'Zeitpunkt',
  codesLeft: 'Verbleibende Wiederherstellungscodes',
  preheader: 'Falls Sie es nicht waren, handeln Sie jetzt.',
  alarm:
    'Falls Sie es nicht waren, wählen Sie sofort ein neues Passwort und verständigen Sie die Administration.',
});
