import type { Deps } from '#platform/deps.ts';
import { problemOfDatabaseError } from '#platform/db/errors.ts';
import { AppError } from '#platform/errors.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Request } from '#platform/http/types.ts';
import { confirmEmailChange, undoEmailChange, type TakeBack } from '../commands/change-email.ts';
import { openChangeToken } from '../commands/email-change-token.ts';
import { openEmailToken } from '../commands/open-email-token.ts';
import { acceptInvitation, resetPassword } from '../commands/reset-password.ts';
import { undoRegistration, type EraseUndone } from '../commands/undo-registration.ts';
import type { EmailTokenPurpose } from '../email-token.ts';
import {
  acceptInvitationPath,
  renderChosenPage,
  renderChoosePage,
  confirmEmailPath,
  renderPressedPage,
  renderPressPage,
  renderTakenPage,
  resetPasswordPath,
  undoEmailChangePath,
  undoRegistrationPath,
  type ChoosingPath,
  type PageToken,
  type PressingPath,
} from '../pages/account-pages.ts';
import { rememberDevice } from '../remember-device.ts';
import { isUnproven } from '../unproven.ts';
import {
  begin,
  chooseForm,
  choosePassword,
  confirmForm,
  config,
  refuse,
  tokenOf,
  type Choose,
} from './page-parts.ts';
import { verifyPage } from './verify-page.ts';

/** What goes with what the owner of an address takes back. */
export type ByOwner = { takeBack: readonly TakeBack[]; eraseUndone: EraseUndone };

// Two passwords of the longest kind, with each character percent-encoded, fit twice.
const bodyLimit = 16_384;

/**
 * The pages that mailed links open where no front end is set, at the root. Reading one changes nothing, since mail
 * programs follow links too: a form does, and its fields are taken here alone.
 */
export function accountPageRoutes(app: App, deps: Deps, byOwner: ByOwner): void {
  app.register(async (pages) => {
    pages.removeAllContentTypeParsers();
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit },
      async (_request: Request, body: string) => Object.fromEntries(new URLSearchParams(body)),
    );
    verifyPage(pages, deps);
    for (const each of pressed(byOwner)) pressPage(pages, deps, each);
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

const pressed = ({ takeBack, eraseUndone }: ByOwner): readonly Pressing[] => [
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
  {
    path: undoRegistrationPath,
    find: async (deps, token) => {
      const found = await openEmailToken(deps, token, 'verification');
      return found && isUnproven(found) ? found.email : undefined;
    },
    press: (deps, token) => undoRegistration(deps, token, eraseUndone),
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
  const closable = { ...config, isClosedInDemo: true } as const;
  app.post(path, { schema, config: closable }, async (request, reply) => {
    const context = begin(request, reply, deps);
    const problem = await problemOf(press(traced(deps, request), request.body.token));
    if (problem === 'email_taken') return reply.status(409).send(renderTakenPage(context));
    return problem ? refuse(reply, context) : reply.send(renderPressedPage(context, path));
  });
}

type Choosing = {
  path: ChoosingPath;
  purpose: EmailTokenPurpose;
  choose: Choose;
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

type Problem = 'email_token_invalid' | 'email_taken';

/** Undefined where all went well. An account that was given permissions is not for the link to shut either. */
async function problemOf(work: Promise<void>): Promise<Problem | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    const problem = error instanceof AppError ? error : problemOfDatabaseError(error);
    if (problem?.code === 'email_token_invalid' || problem?.code === 'email_taken') return problem.code;
    if (problem?.code === 'conflict') return 'email_token_invalid';
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
