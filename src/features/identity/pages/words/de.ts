import type { AccountWords } from '../account-words.ts';

export const de: AccountWords = {
  confirm: {
    heading: 'Adresse bestätigen',
    explanation: 'Bestätigen Sie mit dem Knopf, dass {email} Ihre Adresse ist.',
    button: 'Adresse bestätigen',
  },
  confirmed: {
    heading: 'Adresse bestätigt',
    explanation: 'Vielen Dank. Sie können diese Seite schließen und sich anmelden.',
  },
  confirmOwn: {
    heading: 'Haben Sie sich hier registriert?',
    explanation:
      'Jemand hat sich mit {email} registriert. Waren Sie es, geben Sie an, mit welchem Passwort Sie sich von nun an anmelden: mit dem, das Sie damals gewählt haben, oder mit einem anderen. Was jemand anders gewählt hat, gilt nicht mehr.',
    password: 'Passwort',
    repeat: 'Passwort wiederholen',
    button: 'Adresse bestätigen',
    other: 'Ich war es nicht',
  },
  undoRegistration: {
    heading: 'Waren Sie es nicht?',
    explanation:
      'Mit dem Knopf verliert das Konto, das jemand mit {email} angelegt hat, diese Adresse. Es wird gesperrt und später gelöscht.',
    button: 'Ich war es nicht',
  },
  registrationUndone: {
    heading: 'Das Konto ist gesperrt',
    explanation: 'Ihre Adresse gehört hier zu keinem Konto mehr. Sie können diese Seite schließen.',
  },
  choose: {
    heading: 'Neues Passwort wählen',
    explanation: 'Für das Konto von {email}.',
    password: 'Neues Passwort',
    repeat: 'Neues Passwort wiederholen',
    hint: 'Mindestens {min} Zeichen. Gut sind einige Wörter, die nichts miteinander zu tun haben.',
    button: 'Passwort speichern',
  },
  chosen: {
    heading: 'Passwort geändert',
    explanation:
      'Sie wurden auf allen Geräten abgemeldet. Schließen Sie diese Seite und melden Sie sich mit dem neuen Passwort an.',
  },
  accept: {
    heading: 'Passwort wählen',
    explanation: 'Für {email} wurde ein Konto angelegt. Mit einem Passwort können Sie sich anmelden.',
  },
  accepted: {
    heading: 'Alles ist bereit',
    explanation: 'Schließen Sie diese Seite und melden Sie sich mit Ihrem Passwort an.',
  },
  changeAddress: {
    heading: 'Neue Adresse bestätigen',
    explanation:
      'Mit dem Knopf gehen Mails für Ihr Konto von nun an {email}. Auch zum Anmelden gilt dann diese Adresse.',
    button: 'Adresse bestätigen',
  },
  addressChanged: {
    heading: 'Adresse geändert',
    explanation: 'Sie können diese Seite schließen. Melden Sie sich von nun an mit der neuen Adresse an.',
  },
  undoChange: {
    heading: 'Waren Sie es nicht?',
    explanation:
      'Mit dem Knopf ist {email} wieder die Adresse Ihres Kontos. Alle Sitzungen enden, das Passwort gilt nicht mehr, und Sie bekommen eine Mail, mit der Sie ein neues wählen.',
    button: 'Ich war es nicht',
  },
  changeUndone: {
    heading: 'Alles ist wie zuvor',
    explanation:
      'Alle Sitzungen sind beendet. Wählen Sie ein neues Passwort: Die Mail dazu ist unterwegs zu Ihnen.',
  },
  addressTaken: {
    heading: 'Diese Adresse hat ein Konto',
    explanation:
      'Inzwischen hat ein anderes Konto diese Adresse, darum kann Ihres sie nicht bekommen. Wenn Sie Hilfe brauchen, schreiben Sie der Administration.',
  },
  invalid: {
    heading: 'Dieser Link gilt nicht',
    explanation:
      'Jeder Link gilt einmal, nur für einige Zeit und nur, bis ein neuerer verschickt wird. Haben Sie ihn schon benutzt, ist alles erledigt: Melden Sie sich an. Wenn nicht, fordern Sie dort, wo Sie sich anmelden, einen neuen an.',
  },
  problems: {
    short: 'Das Passwort braucht mindestens {min} Zeichen.',
    long: 'Das Passwort darf höchstens {max} Zeichen haben.',
    common: 'Dieses Passwort gehört zu den meistbenutzten. Wählen Sie ein anderes.',
    context:
      'Dieses Passwort besteht aus Namen und Wörtern, die jeder zuerst versucht. Wählen Sie ein anderes.',
    personal: 'Das Passwort darf nicht Ihr Name oder Ihre Adresse sein.',
    different: 'Die beiden Passwörter stimmen nicht überein.',
  },
};
