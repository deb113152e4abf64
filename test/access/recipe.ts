import type { Caller } from './callers.ts';
import type { World } from './world.ts';

/** What is sent: values for the path's parameters, and the rest. */
export type Call = {
  path?: Record<string, string>;
  /** With its `?`. */
  query?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Instead of a JSON body. */
  raw?: { body: string | Uint8Array<ArrayBuffer>; headers: Record<string, string> };
  /** Instead of the caller's own. */
  token?: string;
  /** Without a token: the headers have it. */
  isByCookies?: true;
};

type Make = (world: World, caller: Caller) => Call | Promise<Call>;

/**
 * How a line of the table is called. What stands in the world is there for calls that can be repeated; whatever the
 * call would use up is made anew, for each caller or, where making it takes long, once a call has succeeded.
 */
export type Recipe = Make | { untilUsed: Make };
