/**
 * How many deliveries to one endpoint may be under way in this process: few at first, more with each quick success,
 * two after a slow or failed one. A slow endpoint so holds few of the places that all share.
 */
export type Windows = {
  /** Endpoints whose places are not the first few, with those left: 0 or more. */
  left(): { webhookId: string; left: number }[];
  started(webhookId: string): void;
  ended(webhookId: string, result: { isOk: boolean; durationMs: number }): void;
  /** Under way, all endpoints together. */
  count(): number;
};

export const firstWindow = 4;
const smallWindow = 2;
const largestWindow = 32;
const slowMs = 1_000;

export function createWindows(): Windows {
  const byEndpoint = new Map<string, { size: number; used: number }>();
  let total = 0;
  return {
    left: () =>
      [...byEndpoint].map(([webhookId, { size, used }]) => ({ webhookId, left: Math.max(0, size - used) })),
    started(webhookId) {
      const window = byEndpoint.get(webhookId) ?? { size: firstWindow, used: 0 };
      window.used += 1;
      total += 1;
      byEndpoint.set(webhookId, window);
    },
    ended(webhookId, { isOk, durationMs }) {
      const window = byEndpoint.get(webhookId);
      if (!window) return;
      window.used -= 1;
      total -= 1;
      const isQuick = isOk && durationMs < slowMs;
      window.size = isQuick ? Math.min(largestWindow, window.size + 1) : smallWindow;
    },
    count: () => total,
  };
}
