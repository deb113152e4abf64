import { Type, type Static } from 'typebox';
import type { Deps } from '#platform/deps.ts';
import { problemOfDatabaseError } from '#platform/db/errors.ts';
import { AppError } from '#platform/errors.ts';
import { object } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Reply, Request } from '#platform/http/types.ts';
import { readerLocale } from '#platform/pages/languages.ts';
import { pageHeaders } from '#platform/pages/page.ts';
import { confirmEmailChange, undoEmailChange, type TakeBack } from '../commands/change-email.ts';
import { openChangeToken } from '../commands/email-change-token.ts';
import { openEmailToken } from '../commands/open-email-token.ts';
import { acceptInvitation, resetPassword } from '../commands/reset-password.ts';
import { verifyEmail } from '../commands/verify-email.ts';
import type { DevicePerson } from '../device-token.ts';
import type { EmailTokenPurpose } from '../email-token.ts';
import {
  acceptInvitationPath,
  renderChosenPage,
  renderChoosePage,
  confirmEmailPath,
  renderInvalidLinkPage,
  renderPressedPage,
  renderPressPage,
  renderTakenPage,
  resetPasswordPath,
  undoEmailChangePath,
  verifyEmailPath,
  type ChoosingPath,
  type PageContext,
  type PageToken,
  type PressingPath,
} from '../pages/account-pages.ts';
import { accountStyle } from '../pages/account-style.ts';
import type { PasswordProblem } from '../pages/account-words.ts';
import { maxPasswordLength, minPasswordLength } from '../password-rules.ts';
import { rememberDevice } from '../remember-device.ts';

const config = { access: 'public', ignoresCaller: true, limit: 'tokens' } as const;
// Two passwords of the longest kind, with each character percent-encoded, fit twice.
const bodyLimit = 16_384;
const field = Type.String({ maxLength: 1_000 });
const confirmForm = object({ token: field });
const chooseForm = object({ token: field, password: field, repeat: field });

/**
 * The pages that mailed links open where no front end is set, at the root. Reading one changes nothing, since mail
 * programs follow links too: a form does, and its fields are taken here alone.
 */
export function accountPageRoutes(app: App, deps: Deps, takeBack: readonly TakeBack[]): void {
  app.register(async (pages) => {
    pages.removeAllContentTypeParsers();
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit },
      async (_request: Request, body: string) => Object.fromEntries(new URLSearchParams(body)),
    );
    for (const each of pressed(takeBack)) pressPage(pages, deps, each);
    choosePage(pages, deps, { path: resetPasswordPath, purpose: 'passwordReset', choose: resetPassword });
    choosePage(pages, deps, { path: acceptInvitationPath, purpose: 'invitation', choose: acceptInvitation });
  });
}

type Pressing = {
  path: PressingPath;
  /** The address that the page shows, where the token counts. */
  find: (deps: Deps, token: string) => Promise<string | null | undefined>;
  press: (deps: Deps, token: string) => Promise<void>;
};

const pressed = (takeBack: readonly TakeBack[]): readonly Pressing[] => [
  {
    path: verifyEmailPath,
    find: async (deps, token) => (await openEmailToken(deps, token, 'verification'))?.email,
    press: verifyEmail,
  },
  {
    path: confirmEmailPath,
    find: async (deps, token) => (await openChangeToken(deps, token, 'emailChange'))?.change.new_email,
    press: confirmEmailChange,
  },
  {
    path: undoEmailChangePath,
    find: async (deps, token) => (await openChangeToken(deps, token, 'emailChangeUndo'))?.change.old_email,
    press: (deps, token) => undoEmailChange(deps, token, takeBack),
  },
];

function pressPage(app: App, deps: Deps, { path, find, press }: Pressing): void {
  app.get(path, { schema: { hide: true }, config }, async (request, reply) => {
    const context = begin(request, reply, deps);
    const token = tokenOf(request);
    const email = await find(deps, token);
    return email == null
      ? refuse(reply, context)
      : reply.send(renderPressPage(context, path, { token, email }));
  });

  const schema = { hide: true, body: confirmForm } as const;
  const closed = path === verifyEmailPath ? {} : ({ isClosedInDemo: true } as const);
  app.post(path, { schema, config: { ...config, ...closed } }, async (request, reply) => {
    const context = begin(request, reply, deps);
    const problem = await problemOf(press(traced(deps, request), request.body.token));
    if (problem === 'email_taken') return reply.status(409).send(renderTakenPage(context));
    return problem ? refuse(reply, context) : reply.send(renderPressedPage(context, path));
  });
}

type Choosing = {
  path: ChoosingPath;
  purpose: EmailTokenPurpose;
  choose: (deps: Deps, token: string, password: string) => Promise<DevicePerson>;
};

function choosePage(app: App, deps: Deps, { path, purpose, choose }: Choosing): void {
  app.get(path, { schema: { hide: true }, config }, async (request, reply) => {
    const context = begin(request, reply, deps);
    const token = await findToken(deps, tokenOf(request), purpose);
    return token ? reply.send(renderChoosePage(context, path, token)) : refuse(reply, context);
  });

  const schema = { hide: true, body: chooseForm } as const;
  const closable = { ...config, isClosedInDemo: true } as const;
  app.post(path, { schema, config: closable }, async (request, reply) => {
    const context = begin(request, reply, deps);
    const token = await findToken(deps, request.body.token, purpose);
    if (!token) return refuse(reply, context);
    const outcome = await choosePassword(traced(deps, request), choose, request.body);
    if (typeof outcome === 'object') {
      rememberDevice(request, reply, deps, outcome);
      return reply.send(renderChosenPage(context, path));
    }
    if (outcome === 'invalid') return refuse(reply, context);
    return reply.status(400).send(renderChoosePage(context, path, token, outcome));
  });
}

const weaknesses: Readonly<Record<string, PasswordProblem>> = {
  password_personal: 'personal',
  password_context: 'context',
};

async function choosePassword(
  deps: Deps,
  choose: Choosing['choose'],
  { token, password, repeat }: Static<typeof chooseForm>,
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

/** Undefined where all went well. */
async function problemOf(work: Promise<void>): Promise<'email_token_invalid' | 'email_taken' | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    const problem = error instanceof AppError ? error : problemOfDatabaseError(error);
    if (problem?.code === 'email_token_invalid' || problem?.code === 'email_taken') return problem.code;
    throw error;
  }
}

async function findToken(
  deps: Deps,
  token: string,
  purpose: EmailTokenPurpose,
): Promise<PageToken | undefined> {
  const found = await openEmailToken(deps, token, purpose);
  return found?.email == null ? undefined : { token, email: found.email };
}

// Whatever else a mail program adds to the address is left alone.
function tokenOf(request: Request): string {
  const { token } = request.query as { token?: unknown };
  return typeof token === 'string' ? token : '';
}

const headers = {
  ...pageHeaders(accountStyle, { mayPost: true }),
  'cache-control': 'no-store',
};

function begin(request: Request, reply: Reply, { config }: Deps): PageContext {
  const locale = readerLocale(request.headers['accept-language']);
  reply.headers({ ...headers, 'content-language': locale }).type('text/html; charset=utf-8');
  return { locale, projectName: config.projectName };
}

function refuse(reply: Reply, context: PageContext): Reply {
  return reply.status(400).send(renderInvalidLinkPage(context));
}
