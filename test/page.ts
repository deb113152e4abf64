import { beginSession } from '#features/identity/commands/sign-in.ts';
import { accessCookie, refreshCookie } from '#platform/http/browser-session.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Answer } from './client.ts';
import { ok } from './factors.ts';
import type { TestServer } from './server.ts';
import { keepCookie } from './sso/browser.ts';

/** A page of a front end, as far as its cookies and headers go. */
export type Page = {
  jar: Map<string, string>;
  /** What it sends with whatever is no GET, once it has asked for it. */
  csrfToken: string | undefined;
  /** As the page sends it; a header of `''` is left out. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  askForToken(): Promise<string>;
  /** Another tab of the same browser, which has asked for its own token. */
  tab(): Promise<Page>;
};

/** `origin`: whose page it is; the institution's own unless said. */
export function createPage(
  server: TestServer,
  { origin = server.open.deps.config.publicUrl, jar = new Map<string, string>() } = {},
): Page {
  const page: Page = {
    jar,
    csrfToken: undefined,
    async call(method, path, body, headers = {}) {
      const isUnsafe = method !== 'GET' && method !== 'HEAD';
      const sent = {
        ...(jar.size > 0 && { cookie: cookiesOf(jar) }),
        ...(isUnsafe && { origin }),
        ...(isUnsafe && page.csrfToken !== undefined && { 'x-csrf-token': page.csrfToken }),
        ...headers,
      };
      const kept = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ''));
      const answer = await server.request(method, path, { body, headers: kept });
      for (const each of answer.headers.getSetCookie()) keepCookie(jar, each);
      return answer;
    },
    async askForToken() {
      page.csrfToken = ok(await page.call('GET', '/auth/csrf'))['csrfToken'] as string;
      return page.csrfToken;
    },
    async tab() {
      const other = createPage(server, { origin, jar });
      await other.askForToken();
      return other;
    },
  };
  return page;
}

/** One that is signed in, without the hash of a password that a login would cost. */
export async function openPage(server: TestServer, userId: string, origin?: string): Promise<Page> {
  const { deps } = server.open;
  const methods = ['password' as const];
  const tokens = await inTransaction(deps.db, (tx) =>
    beginSession(deps, tx, { userId, userAgent: null, methods }),
  );
  const page = createPage(server, origin === undefined ? {} : { origin });
  page.jar.set(accessCookie, tokens.accessToken).set(refreshCookie, tokens.refreshToken);
  await page.askForToken();
  return page;
}

function cookiesOf(jar: ReadonlyMap<string, string>): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}
