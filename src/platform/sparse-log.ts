export type SparseLog = { warn: (fields: Record<string, unknown>, message: string) => void };

/** Warns of `kind`: the first time at once, then at most once in `everyMs`, with how many were left out. */
export type SparseWarn = (
  log: SparseLog,
  kind: string,
  fields: Record<string, unknown>,
  message: string,
) => void;

/**
 * For what fails again and again while a part is away: without it, every request and every poll of an outage would
 * be a line, and the one line that matters would be lost among them.
 */
export function createSparseWarn(everyMs = 10_000, now: () => number = () => performance.now()): SparseWarn {
  const last = new Map<string, { at: number; leftOut: number }>();
  return (log, kind, fields, message) => {
    const before = last.get(kind);
    if (before !== undefined && now() - before.at < everyMs) {
      before.leftOut += 1;
      return;
    }
    last.set(kind, { at: now(), leftOut: 0 });
    log.warn(
      before === undefined || before.leftOut === 0 ? fields : { ...fields, leftOut: before.leftOut },
      message,
    );
  };
}
