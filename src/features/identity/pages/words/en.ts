import type { AccountWords } from '../account-words.ts';

export const en: AccountWords = {
  confirm: {
    heading: 'Confirm your address',
    explanation: 'Press the button to confirm that {email} is yours.',
    button: 'Confirm address',
  },
  confirmed: {
    heading: 'Address confirmed',
    explanation: 'Thank you. You can close this page and sign in.',
  },
  confirmOwn: {
    heading: 'Did you register here?',
    explanation:
      'Somebody registered with {email}. If it was you, say with which password you sign in from now on: the one that you chose then, or another. What anybody else chose counts no more.',
    password: 'Password',
    repeat: 'Password, once more',
    button: 'Confirm address',
    other: 'It was not me',
  },
  undoRegistration: {
    heading: 'Was it not you?',
    explanation:
      'Press the button, and the account with which somebody registered {email} loses this address, is shut, and is erased later.',
    button: 'It was not me',
  },
  registrationUndone: {
    heading: 'The account is shut',
    explanation: 'Your address belongs to no account here any more. You can close this page.',
  },
  choose: {
    heading: 'Choose a new password',
    explanation: 'For the account of {email}.',
    password: 'New password',
    repeat: 'New password, once more',
    hint: 'At least {min} characters. A few words that do not belong together make a good one.',
    button: 'Save password',
  },
  chosen: {
    heading: 'Password changed',
    explanation:
      'You have been signed out on all devices. Close this page and sign in with the new password.',
  },
  accept: {
    heading: 'Choose your password',
    explanation: 'An account was made for {email}. With a password you can sign in.',
  },
  accepted: {
    heading: 'All is ready',
    explanation: 'Close this page and sign in with your password.',
  },
  changeAddress: {
    heading: 'Confirm your new address',
    explanation:
      'Press the button, and mails for your account go to {email} from now on. You sign in with it, too.',
    button: 'Confirm address',
  },
  addressChanged: {
    heading: 'Address changed',
    explanation: 'You can close this page. Sign in with the new address from now on.',
  },
  undoChange: {
    heading: 'Was it not you?',
    explanation:
      'Press the button, and {email} is the address of your account again. All sessions end, the password no longer counts, and a mail comes by which you choose a new one.',
    button: 'It was not me',
  },
  changeUndone: {
    heading: 'All is as before',
    explanation: 'All sessions have ended. Choose a new password: the mail for it is on its way to you.',
  },
  addressTaken: {
    heading: 'This address has an account',
    explanation:
      'Another account has this address by now, so it cannot be given to yours. Write to the administrators if you need help.',
  },
  invalid: {
    heading: 'This link does not work',
    explanation:
      'Each link works once, only for a while, and only until a newer one is sent. If you have used it already, all is done: sign in. If not, ask for a new one where you sign in.',
  },
  problems: {
    short: 'The password needs at least {min} characters.',
    long: 'The password may have at most {max} characters.',
    common: 'This password is among the most used ones. Choose another.',
    context: 'This password is made of names and words that anybody would try first. Choose another.',
    personal: 'The password must not be your name or address.',
    different: 'The two passwords are not the same.',
  },
};
