/** What is wrong with a password that was typed on the page. */
export type PasswordProblem = 'short' | 'long' | 'common' | 'context' | 'personal' | 'different';

type Told = { heading: string; explanation: string };

/** The words of the account pages in one language. `{email}`, `{min}` and `{max}` stand for what is put in. */
export type AccountWords = {
  confirm: Told & { button: string };
  confirmed: Told;
  /** The same where somebody registered, and nobody knows yet whether it was the reader. */
  confirmOwn: Told & { password: string; repeat: string; button: string; other: string };
  undoRegistration: Told & { button: string };
  registrationUndone: Told;
  choose: Told & { password: string; repeat: string; hint: string; button: string };
  chosen: Told;
  /** A first password, for an account that was made for somebody. The fields are those of a new one. */
  accept: Told;
  accepted: Told;
  /** Another address, at the new one. */
  changeAddress: Told & { button: string };
  addressChanged: Told;
  /** The same at the old one, for who did not ask for it. `{email}` is the old one. */
  undoChange: Told & { button: string };
  changeUndone: Told;
  /** Another account has the address. */
  addressTaken: Told;
  /** For any link that does not count, or no longer. */
  invalid: Told;
  problems: Record<PasswordProblem, string>;
};
