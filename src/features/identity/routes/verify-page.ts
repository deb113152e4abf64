import type { Deps } from '#platform/deps.ts';
import { AppError } from '#platform/errors.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { openEmailToken } from '../commands/open-email-token.ts';
import { verifyEmail, verifyEmailByPassword } from '../commands/verify-email.ts';
import {
  renderChosenPage,
  renderChoosePage,
  renderPressedPage,
  renderPressPage,
  verifyEmailPath as path,
  type PageToken,
} from '../pages/account-pages.ts';
import { rememberDevice } from '../remember-device.ts';
import { isUnproven } from '../unproven.ts';
import { begin, choosePassword, config, refuse, tokenOf, verifyForm } from './page-parts.ts';

/**
 * Where an address is confirmed: by a button, and where somebody registered with it by a password, too, since it may have
 * been somebody else.
 */
export function verifyPage(app: App, deps: Deps): void {
  app.get(path, { schema: { hide: true }, config }, async (request, reply) => {
    const context = begin(request, reply, deps);
    const found = await find(deps, tokenOf(request));
    if (!found) return refuse(reply, context);
    const render = found.isUnproven ? renderChoosePage : renderPressPage;
    return reply.send(render(context, path, found));
  });

  const schema = { hide: true, body: verifyForm } as const;
  app.post(path, { schema, config }, async (request, reply) => {
    const context = begin(request, reply, deps);
    const { token, password = '', repeat = '' } = request.body;
    const found = await find(deps, token);
    if (!found) return refuse(reply, context);
    if (!found.isUnproven) {
      const isDone = await isVerified(verifyEmail(traced(deps, request), token));
      return isDone ? reply.send(renderPressedPage(context, path)) : refuse(reply, context);
    }
    const typed = { token, password, repeat };
    const outcome = await choosePassword(traced(deps, request), verifyEmailByPassword, typed);
    if (outcome === 'invalid') return refuse(reply, context);
    if (typeof outcome === 'string')
      return reply.status(400).send(renderChoosePage(context, path, found, outcome));
    rememberDevice(request, reply, deps, outcome);
    return reply.send(renderChosenPage(context, path));
  });
}

async function find(deps: Deps, token: string): Promise<(PageToken & { isUnproven: boolean }) | undefined> {
  const found = await openEmailToken(deps, token, 'verification');
  return found?.email == null ? undefined : { token, email: found.email, isUnproven: isUnproven(found) };
}

/** False where another used the token at the same moment. */
async function isVerified(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'email_token_invalid') return false;
    throw error;
  }
}
