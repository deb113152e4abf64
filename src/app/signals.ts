import type { Logger } from '#platform/log.ts';

// npm passes on the Ctrl-C that the terminal has sent to its child already: two within this time are one.
const echoMs = 1_000;
// SIGHUP: the window of the terminal was closed.
const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type StopRequest = {
  /** Aborted when the process is asked to stop. */
  signal: AbortSignal;
  release(): void;
};

/**
 * Listens for the signals that ask a process to stop. A later one ends it at once with status 1, as does an error
 * that nothing caught; the embedded database ends with the process in any case.
 */
export function listenForStop(log: Logger): StopRequest {
  const controller = new AbortController();
  let askedAt: number | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    const now = performance.now();
    if (askedAt === undefined) {
      askedAt = now;
      log.info({ signal: name }, 'stopping: finishing requests and jobs in hand');
      controller.abort();
    } else if (now - askedAt > echoMs) {
      log.warn('stopping at once; jobs that are unfinished will be done after the next start');
      process.exit(1);
    }
  };
  const onFault = (error: unknown) => {
    log.fatal({ err: error }, 'an error that nothing caught, which is a fault of ours: stopping at once');
    process.exit(1);
  };
  for (const name of names) process.on(name, onSignal);
  process.on('uncaughtException', onFault);
  return {
    signal: controller.signal,
    release() {
      for (const name of names) process.off(name, onSignal);
      process.off('uncaughtException', onFault);
    },
  };
}
