import { factorNotice } from './notice.ts';

export const secondFactors = factorNotice({
  notices: {
    totpAdded: {
      subject: 'An authenticator app was added',
      sentence: (project) => `Your account at ${project} now asks for a code of this app when you sign in.`,
    },
    totpRemoved: {
      subject: 'Your authenticator app was removed',
      sentence: (project) => `Your account at ${project} no longer asks for its codes.`,
    },
    passkeyAdded: {
      subject: 'A passkey was added',
      sentence: (project) => `With it one can sign in to your account at ${project}.`,
    },
    passkeyRemoved: {
      subject: 'A passkey was removed',
      sentence: (project) => `It no longer opens your account at ${project}.`,
    },
    recoveryCodesMade: {
      subject: 'New recovery codes were made',
      sentence: (project) => `The older codes of your account at ${project} are void.`,
    },
    recoveryCodeUsed: {
      subject: 'A recovery code was used',
      sentence: (project) =>
        `Somebody showed one of your recovery codes to ${project} in place of your second factor. It is used up.`,
    },
    removedByAdmin: {
      subject: 'Your second factors were removed',
      sentence: (project) =>
        `An administrator of ${project} removed your authenticator app, passkeys and recovery codes, and all your sessions have ended.`,
    },
    waysRemoved: {
      subject: 'Your account was made safe',
      sentence: (project) =>
        `What opened your account at ${project} and had not been chosen by you alone was removed, as you came to it by your institution: password, passkeys, authenticator app, API keys, sessions, as far as there were any. Sign in by your institution, or choose a new password by a reset.`,
    },
    waysRemovedForRights: {
      subject: 'Choose a new password',
      sentence: (project) =>
        `You may do more at ${project} from now on. So that nobody but you does it in your name, what opened your account and had not been chosen by you alone was removed: password, passkeys, authenticator app, API keys, sessions, as far as there were any. If you had a password, another mail asks you to choose a new one.`,
    },
    codesRefused: {
      subject: 'Somebody is guessing your codes',
      sentence: (project) =>
        `Several wrong codes were sent for your account at ${project}, by somebody who knows your password or holds one of your sessions. If it was not you, choose a new password.`,
    },
  },
  when: 'When',
  codesLeft: 'Recovery codes left',
  preheader: 'If it was not you, act now.',
  alarm: 'If it was not you, choose a new password at once and tell the administrators.',
});
