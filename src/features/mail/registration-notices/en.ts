import { verificationOf, welcomeOf, type RegistrationWords } from './notice.ts';

const words: RegistrationWords = {
  welcome: (project) => `Welcome to ${project}`,
  welcomeAndConfirm: (project) => `Welcome to ${project}: confirm your address`,
  isReady: 'Your account is ready.',
  signIn: 'Sign in',
  noPassword: 'If you have no password yet, ask for a new one where you sign in.',
  confirm: {
    subject: 'Confirm your address',
    preheader: 'One click shows that this address is yours.',
    sentence: 'Please confirm that this address is yours:',
    button: 'Confirm address',
  },
  registered: (project) => `Somebody, we hope you, registered at ${project} with this address.`,
  when: 'Registered',
  ifMe: 'If it was you, please confirm that this address is yours:',
  notMe: 'It was not me',
  ifNotMe:
    'If it was not you, do not confirm it: who registered has chosen a password. "It was not me" shuts the account, and it is erased later.',
  validFor: (span) => `The link works for ${span}.`,
  ignore: 'If you did not ask for this, do nothing.',
};

export const welcome = welcomeOf(words);
export const emailVerification = verificationOf(words);
