import type { FastifyContextConfig } from 'fastify';
import { permissions, type Permission } from '#platform/auth/actor.ts';
import { accessCookie, csrfHeader, refreshCookie } from '#platform/http/browser-session.ts';

type Security = Record<string, string[]>;

/** Of pages, whose browser sends cookies by itself. */
export const browserSchemes = {
  accessCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: accessCookie,
    description: 'Set by a sign-in with `session: "cookie"`; no script can read it.',
  },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: refreshCookie,
    description: 'Set beside the other; works once.',
  },
  csrfToken: {
    type: 'apiKey',
    in: 'header',
    name: csrfHeader,
    description:
      'What `GET /auth/csrf` answers. The `Origin` must be that of PUBLIC_URL, or one of CORS_ORIGINS. 403 `csrf_token_invalid`, `origin_not_allowed`.',
  },
} as const;

/** Any one of what this gives lets a caller in. */
export function securityOf(method: string, config: FastifyContextConfig): Security[] {
  const { access, ignoresCaller, takesTicket, takesRefreshCookie } = config;
  const proof: Security = /^(?:GET|HEAD)$/.test(method) ? {} : { csrfToken: [] };
  const byRefreshCookie = { refreshCookie: [], ...proof };
  if (takesRefreshCookie === 'only') return [byRefreshCookie];
  if (access === 'provisioning') return [{ scimToken: [] }];
  const others: Security[] = [
    ...(ignoresCaller ? [] : [{ accessToken: [] }, { accessCookie: [], ...proof }]),
    ...(takesRefreshCookie ? [byRefreshCookie] : []),
    ...(takesTicket ? [{ streamTicket: [] }] : []),
  ];
  return others.length > 0 && access === 'public' ? [{}, ...others] : others;
}

/** The permission in the institution without which it answers 403, whatever else it asks. */
export function permissionOf(config: FastifyContextConfig | undefined): { 'x-permission'?: Permission } {
  const permission = permissions.find((each) => each === config?.access);
  return permission === undefined ? {} : { 'x-permission': permission };
}
