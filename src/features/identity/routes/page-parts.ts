import { Type } from 'typebox';
import type { Deps } from '#platform/deps.ts';
import { AppError } from '#platform/errors.ts';
import { object } from '#platform/http/schema.ts';
import type { Reply, Request } from '#platform/http/types.ts';
import { readerLocale } from '#platform/pages/languages.ts';
import { pageHeaders } from '#platform/pages/page.ts';
import type { DevicePerson } from '../device-token.ts';
import { renderInvalidLinkPage, type PageContext } from '../pages/account-pages.ts';
import { accountStyle } from '../pages/account-style.ts';
import type { PasswordProblem } from '../pages/account-words.ts';
import { maxPasswordLength, minPasswordLength } from '../password-rules.ts';

export const config = { access: 'public', ignoresCaller: true, limit: 'tokens' } as const;

const field = Type.String({ maxLength: 1_000 });
export const confirmForm = object({ token: field });
export const chooseForm = object({ token: field, password: field, repeat: field });
/** Of a page that asks for a password where it is not known who registered. */
export const verifyForm = object({
  token: field,
  password: Type.Optional(field),
  repeat: Type.Optional(field),
});

export type Choose = (deps: Deps, token: string, password: string) => Promise<DevicePerson>;

const weaknesses: Readonly<Record<string, PasswordProblem>> = {
  password_personal: 'personal',
  password_context: 'context',
};

/** Sets the password that was typed. Else what is wrong with it, or that the link does not count. */
export async function choosePassword(
  deps: Deps,
  choose: Choose,
  { token, password, repeat }: { token: string; password: string; repeat: string },
): Promise<DevicePerson | 'invalid' | PasswordProblem> {
  // Characters, as the API counts them.
  const length = Array.from(password).length;
  if (length < minPasswordLength) return 'short';
  if (length > maxPasswordLength) return 'long';
  if (password !== repeat) return 'different';
  try {
    return await choose(deps, token, password);
  } catch (error) {
    if (!(error instanceof AppError) || error.status !== 400) throw error;
    if (error.code === 'email_token_invalid') return 'invalid';
    const [reason] = error.errors;
    return weaknesses[reason?.code ?? ''] ?? 'common';
  }
}

// Whatever else a mail program adds to the address is left alone.
export function tokenOf(request: Request): string {
  const { token } = request.query as { token?: unknown };
  return typeof token === 'string' ? token : '';
}

const headers = {
  ...pageHeaders(accountStyle, { mayPost: true }),
  'cache-control': 'no-store',
};

export function begin(request: Request, reply: Reply, { config }: Deps): PageContext {
  const locale = readerLocale(request.headers['accept-language']);
  reply.headers({ ...headers, 'content-language': locale }).type('text/html; charset=utf-8');
  return { locale, projectName: config.projectName };
}

export function refuse(reply: Reply, context: PageContext): Reply {
  return reply.status(400).send(renderInvalidLinkPage(context));
}
