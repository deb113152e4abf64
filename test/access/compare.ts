import type { Answer } from '#test/client.ts';
import type { TestServer } from '#test/server.ts';
import { callers, type Caller } from './callers.ts';
import { calls } from './calls.ts';
import type { Operation } from './operations.ts';
import type { Row } from './parse-table.ts';
import type { Call } from './recipe.ts';
import type { World } from './world.ts';

export type Subject = {
  server: TestServer;
  operations: ReadonlyMap<string, Operation>;
  world: World;
  /** By the row's name, what no call has used up yet. */
  unused: Map<string, Call>;
};

/** Wraps the call itself, without what prepares it. */
export type Around = (call: () => Promise<Answer>) => Promise<Answer>;

/** Makes the row's call as each caller and tells, one line each, where the answer differs from the table. */
export async function differencesOf(
  subject: Subject,
  row: Row,
  as: readonly Caller[] = callers,
  around: Around = (call) => call(),
): Promise<string[]> {
  const differences: string[] = [];
  for (const caller of as) {
    const answer = await callAs(subject, row, caller, around);
    if (row.expected[caller].includes(answer.status)) continue;
    const wanted = row.expected[caller].join(' or ');
    differences.push(
      `${row.name} as ${caller}: ${answer.status} instead of ${wanted} ${answer.text.slice(0, 300)}`,
    );
  }
  return differences;
}

/** Makes what the row's call is about, then calls. */
export async function callAs(subject: Subject, row: Row, caller: Caller, around: Around): Promise<Answer> {
  const recipe = calls[row.name];
  if (!recipe) throw new Error(`calls.ts does not say how to call "${row.name}"`);
  if (typeof recipe === 'function') {
    const call = await recipe(subject.world, caller);
    return around(() => send(subject, row, caller, call));
  }
  const call = subject.unused.get(row.name) ?? (await recipe.untilUsed(subject.world, caller));
  subject.unused.set(row.name, call);
  const answer = await around(() => send(subject, row, caller, call));
  if (answer.status < 300) subject.unused.delete(row.name);
  return answer;
}

/** Sends it as the caller. */
export async function send(
  subject: Subject,
  row: { operationId: string; name?: string },
  caller: Caller,
  call: Call,
): Promise<Answer> {
  const { server, operations, world } = subject;
  const operation = operations.get(row.operationId);
  if (!operation) throw new Error(`the document has no operation ${row.operationId}`);
  const own = caller === 'anonymous' || call.isByCookies ? undefined : world.people[caller].token;
  const token = call.token ?? own;
  // What has no version of ours, as SCIM, stands above the client's base.
  const below = operation.path.replace(/^(?!\/api\/v1\/)/, '/../..').replace(/^\/api\/v1/, '');
  const path = below.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = call.path?.[name];
    if (value === undefined) throw new Error(`"${row.name ?? row.operationId}" gives no ${name}`);
    return encodeURIComponent(value);
  });
  const { body, headers = {}, raw } = call;
  const sent = raw ? { raw: raw.body, headers: raw.headers } : { body, headers };
  return server.request(operation.method, `${path}${call.query ?? ''}`, { token, ...sent });
}
