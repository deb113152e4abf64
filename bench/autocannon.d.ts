/** What the benchmarks use of autocannon 9, which brings no types. */
declare module 'autocannon' {
  export type Request = { method?: string; path: string; headers?: Record<string, string>; body?: string };
  type Spread = { p50: number; p99: number; average: number; total: number };
  export type Result = {
    requests: Spread;
    /** Milliseconds. */
    latency: Spread;
    /** Seconds. */
    duration: number;
    errors: number;
    timeouts: number;
    non2xx: number;
    '2xx': number;
  };
  export type Options = {
    url: string;
    connections: number;
    duration?: number;
    amount?: number;
    setupClient?: (client: { setRequests(requests: Request[]): void }) => void;
  };
  function autocannon(
    options: Options,
  ): Promise<Result> & { on(event: 'response', listener: () => void): void };
  export { autocannon as default };
}
