/**
 * Loads at the first call and keeps what came until nobody has asked for `idleMs`: for what is large, and needed by
 * fits. Calls at the same time share one load; one that failed is tried again by the next call.
 */
export function keptWhileUsed<T>(load: () => Promise<T>, idleMs: number): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  let timer: NodeJS.Timeout | undefined;
  return async () => {
    clearTimeout(timer);
    timer = setTimeout(() => (loaded = undefined), idleMs).unref();
    loaded ??= load();
    try {
      return await loaded;
    } catch (error) {
      loaded = undefined;
      throw error;
    }
  };
}
