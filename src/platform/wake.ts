/** Wakes a loop of this process that waits for work. What is missed is found when the loop looks by itself. */
export type Wake = {
  wake(): void;
  /** Ends when woken, at once where that happened since the last wait, or after `ms`. */
  wait(ms: number): Promise<void>;
};

export function createWake(): Wake {
  let isAwake = false;
  let rouse: (() => void) | undefined;
  return {
    wake() {
      isAwake = true;
      rouse?.();
    },
    async wait(ms) {
      if (!isAwake) {
        const { promise, resolve } = Promise.withResolvers<void>();
        rouse = resolve;
        const timer = setTimeout(resolve, ms);
        await promise;
        clearTimeout(timer);
        rouse = undefined;
      }
      isAwake = false;
    },
  };
}
