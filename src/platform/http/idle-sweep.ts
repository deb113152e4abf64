import type { App } from './types.ts';

const sweepMs = 50;

/**
 * While the server closes, ends connections as they become idle. Closing ends those that are idle at its beginning alone;
 * one whose answer was still being sent would be kept open for a next request that nobody sends, for over a minute.
 */
export function useIdleSweep(app: App): void {
  let sweep: NodeJS.Timeout | undefined;
  app.addHook('preClose', (done) => {
    sweep = setInterval(() => app.server.closeIdleConnections(), sweepMs);
    done();
  });
  app.addHook('onClose', (_, done) => {
    clearInterval(sweep);
    done();
  });
}
