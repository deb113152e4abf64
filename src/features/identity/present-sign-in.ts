import type { Deps } from '#platform/deps.ts';
import { refreshCookie, setSessionCookies } from '#platform/http/browser-session.ts';
import { cookieIn } from '#platform/http/cookies.ts';
import { traced } from '#platform/http/traced.ts';
import type { Reply, Request } from '#platform/http/types.ts';
import { endReplacedSession } from './commands/end-replaced-session.ts';
import type { SignedIn, Tokens } from './commands/sign-in.ts';
import { presentMe } from './present.ts';

export function presentTokens({ accessToken, refreshToken, expiresInSeconds }: Tokens) {
  return { accessToken, refreshToken, tokenType: 'Bearer' as const, expiresIn: expiresInSeconds };
}

type Exchange = { request: Request; reply: Reply; session: 'token' | 'cookie' | undefined };

/**
 * What a sign-in answers: tokens, or for `cookie` the same tokens as cookies and none in the body. What the browser was
 * before, it is no more: nothing of an earlier session goes on.
 */
export async function answerSignIn(
  deps: Deps,
  { request, reply, session }: Exchange,
  { user, tokens }: SignedIn,
) {
  reply.signedInUserId = user.id;
  const result = 'signedIn' as const;
  const me = presentMe(user, deps.config);
  if (session !== 'cookie') return { result, user: me, ...presentTokens(tokens) };
  const earlier = cookieIn(request.headers.cookie, refreshCookie);
  if (earlier !== undefined) await endReplacedSession(traced(deps, request), earlier);
  setSessionCookies(reply, tokens, deps.config);
  return { result, user: me, expiresIn: tokens.expiresInSeconds };
}

/** By which device somebody signs in, as it says itself. */
export function userAgentOf(request: Request): string | null {
  return request.headers['user-agent']?.slice(0, 300) ?? null;
}
