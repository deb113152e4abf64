import autocannon, { type Request } from 'autocannon';

const connections = 32;

export type Round = { perSecond: number; p50: number; p99: number; count: number };

/**
 * Sends requests over 32 connections, each with its share of them, over and over for `seconds`; or each once. Throws
 * where an answer is no success, for what fails is no figure.
 */
export async function run(
  url: string,
  requests: readonly Request[],
  how: { seconds: number } | 'each once',
): Promise<Round> {
  let client = 0;
  let lastAt = 0;
  const start = performance.now();
  const running = autocannon({
    url,
    connections,
    ...(how === 'each once' ? { amount: requests.length } : { duration: how.seconds }),
    setupClient: (each) => {
      const share = client;
      client += 1;
      each.setRequests(requests.filter((_, index) => index % connections === share));
    },
  });
  running.on('response', () => (lastAt = performance.now()));
  const result = await running;
  const { errors, timeouts, non2xx, latency } = result;
  if (errors + timeouts + non2xx > 0)
    throw new Error(
      `${requests[0]?.path} at ${url}: ${errors} errors, ${timeouts} timeouts, ${non2xx} not 2xx.`,
    );
  const count = result['2xx'];
  // It tells its own duration in whole seconds.
  return { perSecond: (count * 1_000) / (lastAt - start), p50: latency.p50, p99: latency.p99, count };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
