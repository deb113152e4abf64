import type { Logger } from '#platform/log.ts';

// npm passes on the Ctrl-C that the terminal has sent to its child already: two in one are one.
const sameMs = 2_000;

export type Signal = { received: Promise<void>; release(): void };

/** Resolves at SIGINT or SIGTERM. A later one ends the process at once. */
export function untilSignal(log: Logger): Signal {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      log.info({ signal: name }, 'stopping: finishing requests and jobs in hand');
      resolve();
    } else if (now - firstAt > sameMs) {
      log.warn('stopping at once; what is unfinished will be done after the next start');
      process.exit(1);
    }
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    received: promise,
    release() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
