import { accessNotice, addressNotice, type AccountNoticeWords } from './notice.ts';

const words: AccountNoticeWords = {
  addresses: {
    confirm: {
      subject: 'Confirm your new address',
      sentence: (project) =>
        `Somebody, we hope you, wants this address for an account at ${project}. Once you confirm it, mails go here and you sign in with it.`,
    },
    asked: {
      subject: 'Another address was asked for',
      sentence: (project) =>
        `Somebody who is signed in to your account at ${project} asked for another address. It counts once it is confirmed there. If it was you, there is nothing to do.`,
    },
    changed: {
      subject: 'Your address was changed',
      sentence: (project) =>
        `Your account at ${project} has another address, to which mails go from now on. If it was you, there is nothing to do.`,
    },
    changedByAdmin: {
      subject: 'Your address was changed by an administrator',
      sentence: (project) => `An administrator of ${project} changed the address of your account.`,
    },
    wanted: {
      subject: 'Somebody wants to use your address',
      sentence: (project) =>
        `Somebody, perhaps you, asked to use this address for another account at ${project}. It belongs to your account, and nothing was changed.`,
    },
  },
  confirm: 'Confirm address',
  stop: 'If it was not you, stop it: all sessions end, this address counts again, and you choose a new password.',
  notMe: 'It was not me',
  validFor: (span) => `The link works once, for ${span}.`,
  newAddress: 'New address',
  ignore: 'If it was not you, do nothing.',
  access: {
    apiKeyCreated: {
      subject: 'An API key was made',
      sentence: (project) =>
        `With it a program can act for you at ${project}, until you revoke it or it expires.`,
    },
    apiKeyRotated: {
      subject: 'An API key has a new secret',
      sentence: (project) =>
        `With it a program can act for you at ${project}. The secret before it works for another 24 hours.`,
    },
    identityLinked: {
      subject: 'Another way to sign in was linked',
      sentence: (project) => `From now on one can sign in to your account at ${project} by this provider.`,
    },
    erasureRequested: {
      subject: 'Your account is to be erased',
      sentence: (project) =>
        `Somebody asked to have your account at ${project} erased, with all that is kept of you. Until then it can be taken back.`,
    },
  },
  name: 'Name',
  when: 'When',
  endsAt: 'Erased on',
  preheader: 'If it was not you, act now.',
  alarm: 'If it was not you, choose a new password at once and tell the administrators.',
};

export const emailChange = addressNotice(words);
export const accountAccess = accessNotice(words);
