import { escapeHtml, foreign } from '#platform/pages/html.ts';
import { pageLanguageOf } from '#platform/pages/languages.ts';
import { renderPage, type PageParts } from '#platform/pages/page.ts';
import { maxPasswordLength, minPasswordLength } from '../password-rules.ts';
import { accountStyle } from './account-style.ts';
import type { PasswordProblem } from './account-words.ts';
import { accountWords } from './words.ts';

/** To whom a page belongs: the institution, as it stands at its foot, and the reader. */
export type PageContext = { projectName: string; locale: string };
/** Of a token that counts. */
export type PageToken = { token: string; email: string };

export const verifyEmailPath = '/verify-email';
export const resetPasswordPath = '/reset-password';
export const acceptInvitationPath = '/accept-invitation';
/** Where a password is chosen: a new one, a first, or the one of whoever registered. */
export type ChoosingPath = typeof resetPasswordPath | typeof acceptInvitationPath | typeof verifyEmailPath;

/** Where a button is to be pressed: to confirm an address, or another one, or to undo such a change, or a registration. */
export const confirmEmailPath = '/confirm-email';
export const undoEmailChangePath = '/undo-email-change';
export const undoRegistrationPath = '/undo-registration';
export type PressingPath =
  | typeof verifyEmailPath
  | typeof confirmEmailPath
  | typeof undoEmailChangePath
  | typeof undoRegistrationPath;

const pressing = {
  [verifyEmailPath]: { before: 'confirm', after: 'confirmed' },
  [confirmEmailPath]: { before: 'changeAddress', after: 'addressChanged' },
  [undoEmailChangePath]: { before: 'undoChange', after: 'changeUndone' },
  [undoRegistrationPath]: { before: 'undoRegistration', after: 'registrationUndone' },
} as const;

const choosing = {
  [resetPasswordPath]: { before: 'choose', after: 'chosen' },
  [acceptInvitationPath]: { before: 'accept', after: 'accepted' },
  [verifyEmailPath]: { before: 'confirmOwn', after: 'confirmed' },
} as const;

/** Asks to press the button. */
export function renderPressPage(
  context: PageContext,
  path: PressingPath,
  { token, email }: PageToken,
): string {
  const words = accountWords(context.locale)[pressing[path].before];
  const form = `<form method="post" action="${path}">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<button>${escapeHtml(words.button)}</button>
</form>`;
  return page(context, { tone: 'neutral', icon: 'envelope' }, words, { email, content: [form] });
}

export function renderPressedPage(context: PageContext, path: PressingPath): string {
  return page(context, { tone: 'good', icon: 'tick' }, accountWords(context.locale)[pressing[path].after]);
}

/** Send it with 409. */
export function renderTakenPage(context: PageContext): string {
  return page(context, { tone: 'warning', icon: 'question' }, accountWords(context.locale).addressTaken);
}

/** Asks for a password, and says what was wrong with one that was sent. */
export function renderChoosePage(
  context: PageContext,
  path: ChoosingPath,
  { token, email }: PageToken,
  problem?: PasswordProblem,
): string {
  const words = accountWords(context.locale);
  const { choose, confirmOwn, problems } = words;
  const isOwn = path === verifyEmailPath;
  const wrong =
    problem === undefined
      ? ''
      : `<p class="problem" id="problem" role="alert">${escapeHtml(filled(problems[problem]))}</p>\n`;
  // The address is there for password managers, which keep the new password under it.
  const form = `<form method="post" action="${path}">
${wrong}<input type="hidden" name="token" value="${escapeHtml(token)}">
<input class="username" type="text" autocomplete="username" value="${escapeHtml(email)}" readonly tabindex="-1" aria-hidden="true">
${passwordField('password', isOwn ? confirmOwn.password : choose.password, { hint: filled(choose.hint), isWrong: problem !== undefined })}
${passwordField('repeat', isOwn ? confirmOwn.repeat : choose.repeat, { isWrong: problem === 'different' })}
<button>${escapeHtml(isOwn ? confirmOwn.button : choose.button)}</button>
</form>`;
  const told = words[choosing[path].before];
  const content = isOwn ? [form, otherLink(token, confirmOwn.other)] : [form];
  return page(context, { tone: 'neutral', icon: 'lock' }, told, { email, content });
}

export function renderChosenPage(context: PageContext, path: ChoosingPath): string {
  return page(context, { tone: 'good', icon: 'tick' }, accountWords(context.locale)[choosing[path].after]);
}

function otherLink(token: string, label: string): string {
  const address = `${undoRegistrationPath}?token=${encodeURIComponent(token)}`;
  return `<p class="other"><a href="${escapeHtml(address)}">${escapeHtml(label)}</a></p>`;
}

/** For every link that does not count, whatever the reason; send it with 400. */
export function renderInvalidLinkPage(context: PageContext): string {
  return page(context, { tone: 'warning', icon: 'question' }, accountWords(context.locale).invalid);
}

function passwordField(
  name: 'password' | 'repeat',
  label: string,
  { hint, isWrong }: { hint?: string; isWrong: boolean },
): string {
  const describedBy = [...(hint === undefined ? [] : ['hint']), ...(isWrong ? ['problem'] : [])].join(' ');
  const attributes = [
    `id="${name}" name="${name}" type="password" autocomplete="new-password" required`,
    `minlength="${minPasswordLength}" maxlength="${maxPasswordLength}"`,
    ...(describedBy === '' ? [] : [`aria-describedby="${describedBy}"`]),
    ...(isWrong ? ['aria-invalid="true"'] : []),
  ].join(' ');
  const below = hint === undefined ? '' : `\n<p class="hint" id="hint">${escapeHtml(hint)}</p>`;
  return `<div class="field">
<label for="${name}">${escapeHtml(label)}</label>
<input ${attributes}>${below}
</div>`;
}

function filled(text: string): string {
  return text.replace('{min}', String(minPasswordLength)).replace('{max}', String(maxPasswordLength));
}

function page(
  { projectName, locale }: PageContext,
  look: Pick<PageParts, 'tone' | 'icon'>,
  { heading, explanation }: { heading: string; explanation: string },
  { email = '', content = [] }: { email?: string; content?: string[] } = {},
): string {
  return renderPage({
    ...look,
    language: pageLanguageOf(locale),
    heading,
    // A function, since an address may hold `$&`, which means something in a replacement.
    explanation: escapeHtml(explanation).replace('{email}', () => `<b>${foreign(email)}</b>`),
    content: [...content, `<footer>${foreign(projectName)}</footer>`],
    style: accountStyle,
  });
}
