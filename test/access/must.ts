import type { Body } from '#test/client.ts';
import type { TestServer } from '#test/server.ts';
import type { Callers, SignedInCaller } from './people.ts';

export type Makers = { server: TestServer; people: Callers };

/** Calls as one of the people; throws unless it succeeds. Returns the answer's body. */
export async function must(
  { server, people }: Makers,
  who: SignedInCaller,
  method: string,
  path: string,
  body?: unknown,
): Promise<Body> {
  const answer = await server.request(method, path, { token: people[who].token, body });
  if (answer.status >= 300) throw new Error(`${method} ${path} as ${who}: ${answer.status} ${answer.text}`);
  return answer.body;
}
