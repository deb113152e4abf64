import { accessTable } from '#test/access/table.ts';
import { calls } from '#test/access/calls.ts';
import type { Subject } from '#test/access/compare.ts';
import { parseTable, type Row } from '#test/access/parse-table.ts';
import type { SignedInCaller } from '#test/access/people.ts';
import type { Call } from '#test/access/recipe.ts';
import type { Input } from './document.ts';
import type { Draft } from './mutations.ts';
import type { Calls } from './schemathesis.ts';
import type { Sender } from './sender.ts';

/** Makes requests out of the calls of the table of access, which succeed. */
export type Source = {
  /** A call that succeeds where the caller may make it, and its token. */
  call(input: Input): Promise<{ call: Call; token: string | undefined }>;
  /** Of each operation that the caller may call. */
  all(inputs: readonly Input[]): Promise<Calls>;
  /** Sends what `make` makes of it, and returns the status. What a success has used up is made anew the next time. */
  try(input: Input, make: (call: Call) => Draft | undefined, sender: Sender): Promise<number | undefined>;
};

const rows = parseTable(accessTable);

export function createSource({ world }: Subject, caller: SignedInCaller): Source {
  const unused = new Map<string, Call>();
  const find = async (input: Input) => {
    const who = callerOf(input);
    const call = unused.get(input.operationId) ?? (await makeCall(rowFor(input, who), who));
    unused.set(input.operationId, call);
    return { call, token: call.token ?? (call.isByCookies ? undefined : world.people[who].token) };
  };
  // What is for directories is called by one: in the table it stands where the stranger stands.
  const callerOf = ({ path }: Input) => (path.startsWith('/scim/') ? 'stranger' : caller);
  const makeCall = async ({ name }: Row, who: SignedInCaller): Promise<Call> => {
    const recipe = calls[name];
    if (!recipe) throw new Error(`calls.ts does not say how to call "${name}"`);
    return typeof recipe === 'function' ? recipe(world, who) : recipe.untilUsed(world, who);
  };
  return {
    call: find,
    async all(inputs) {
      const found: Calls = {};
      for (const input of inputs.filter((each) => succeeds(rowFor(each, callerOf(each)), callerOf(each)))) {
        const { call, token } = await find(input);
        if (token !== undefined) found[input.operationId] = { path: call.path ?? {}, token };
      }
      return found;
    },
    async try(input, make, sender) {
      const { call, token } = await find(input);
      const draft = make(call);
      if (!draft) return undefined;
      const status = await sender.send(input, draft, token);
      const isUsedUp = input.method !== 'GET' || status === 302;
      if (isUsedUp && input.successes.includes(status)) unused.delete(input.operationId);
      return status;
    },
  };
}

/** The line of the table in which the caller succeeds, or any. */
function rowFor({ operationId }: Input, caller: SignedInCaller): Row {
  const own = rows.filter((row) => row.operationId === operationId);
  const row = own.find((each) => succeeds(each, caller)) ?? own[0];
  if (!row) throw new Error(`the table has no line for ${operationId}`);
  return row;
}

function succeeds({ expected }: Row, caller: SignedInCaller): boolean {
  return expected[caller].some((status) => status < 400);
}
