import type { Deps } from '#platform/deps.ts';
import type { Request } from '#platform/http/types.ts';
import type { SignedIn, Tokens } from './commands/sign-in.ts';
import { presentMe } from './present.ts';

export function presentTokens({ accessToken, refreshToken, expiresInSeconds }: Tokens) {
  return { accessToken, refreshToken, tokenType: 'Bearer' as const, expiresIn: expiresInSeconds };
}

export function presentSignedIn({ user, tokens }: SignedIn, { config }: Pick<Deps, 'config'>) {
  return { result: 'signedIn' as const, user: presentMe(user, config), ...presentTokens(tokens) };
}

/** By which device somebody signs in, as it says itself. */
export function userAgentOf(request: Request): string | null {
  return request.headers['user-agent']?.slice(0, 300) ?? null;
}
