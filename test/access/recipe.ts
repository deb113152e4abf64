import type { Caller } from './callers.ts';
import type { World } from './world.ts';

/** What is sent: values for the path's parameters, and the rest. */
export type Call = {
  path?: Record<string, string>;
  /** With its `?`. */
  query?: string;
  body?: unknown;
  /** Instead of the caller's own. */
  token?: string;
};

/**
 * How a line of the table is called. It is asked anew for each caller, and makes anew whatever the call would use up;
 * what stands in the world is there for calls that can be repeated.
 */
export type Recipe = (world: World, caller: Caller) => Call | Promise<Call>;
