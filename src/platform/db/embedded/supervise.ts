import { setTimeout as sleep } from 'node:timers/promises';
import { shutDown, startServer, type Server, type ServerContext } from './server.ts';
import type { EmbeddedPostgresOptions } from './settings.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
// A server that ran this long is taken for healthy, and the waits begin anew.
const HEALTHY_AFTER_MS = 60_000;

export type Supervised = { readonly pid: number; stop(): Promise<void> };

type Log = EmbeddedPostgresOptions['log'];

/** Starts a server until it runs; undefined when `signal` was aborted meanwhile. */
async function startAgain(
  context: ServerContext,
  port: number,
  log: Log,
  signal: AbortSignal,
  firstWaitMs: number,
): Promise<Server | undefined> {
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return undefined;
    try {
      return await startServer(context, port, signal);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) log('warn', `the embedded PostgreSQL did not start again: ${message}`, { port });
    }
  }
  return undefined;
}

/**
 * Keeps a server running at its port: when its process ends by itself, it is started again, with
 * growing waits where it ends soon each time. `stop` ends both; it may be called in any state.
 */
export function supervise(context: ServerContext, first: Server, log: Log): Supervised {
  const stopping = new AbortController();
  let server = first;
  let waitMs = FIRST_WAIT_MS;

  async function keepRunning(): Promise<void> {
    for (;;) {
      const since = Date.now();
      const how = await server.exited;
      if (stopping.signal.aborted) return;
      waitMs = Date.now() - since > HEALTHY_AFTER_MS ? FIRST_WAIT_MS : waitMs;
      log('warn', `the embedded PostgreSQL ended by itself (${how}); starting it again`, { pid: server.pid });
      const next = await startAgain(context, server.port, log, stopping.signal, waitMs);
      if (next === undefined) return;
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      server = next;
      log('info', 'the embedded PostgreSQL runs again', { pid: server.pid, port: server.port });
      // Asked to stop while it started: `stop` saw the server before this one.
      if (stopping.signal.aborted) await shutDown(server.pid, server.exited);
    }
  }

  const running = keepRunning();
  return {
    get pid() {
      return server.pid;
    },
    async stop() {
      stopping.abort();
      server.ref();
      await shutDown(server.pid, server.exited);
      await running;
    },
  };
}
