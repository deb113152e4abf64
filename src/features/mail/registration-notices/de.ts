import { verificationOf, welcomeOf, type RegistrationWords } from './notice.ts';

const words: RegistrationWords = {
  welcome: (project) => `Willkommen bei ${project}`,
  welcomeAndConfirm: (project) => `Willkommen bei ${project}: Adresse bestätigen`,
  isReady: 'Ihr Konto ist eingerichtet.',
  signIn: 'Anmelden',
  noPassword: 'Falls Sie noch kein Passwort haben, fordern Sie bei der Anmeldung ein neues an.',
  confirm: {
    subject: 'Bestätigen Sie Ihre Adresse',
    preheader: 'Ein Klick zeigt, dass diese Adresse Ihnen gehört.',
    sentence: 'Bitte bestätigen Sie, dass diese Adresse Ihnen gehört:',
    button: 'Adresse bestätigen',
  },
  registered: (project) => `Jemand, hoffentlich Sie, hat sich bei ${project} mit dieser Adresse registriert.`,
  when: 'Registriert',
  ifMe: 'Falls Sie es waren, bestätigen Sie bitte, dass diese Adresse Ihnen gehört:',
  notMe: 'Ich war es nicht',
  ifNotMe:
    'Falls Sie es nicht waren, bestätigen Sie nichts: Wer sich registriert hat, hat ein Passwort gewählt. „Ich war es nicht“ sperrt das Konto; später wird es gelöscht.',
  validFor: (span) => `Der Link gilt ${span}.`,
  ignore: 'Falls Sie nicht darum gebeten haben, tun Sie nichts.',
};

export const welcome = welcomeOf(words);
export const emailVerification = verificationOf(words);
