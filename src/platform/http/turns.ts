import { AppError } from '#platform/errors.ts';

/** Lets the work of one key be done a few at a time, in the order in which it came; the rest waits. */
export type Turns = {
  /** Waits for a turn; what it answers ends it. 429 where too many wait already. */
  enter(key: string): Promise<() => void>;
};

type Line = { inside: number; waiting: (() => void)[] };

export function createTurns(most: { inside: number; waiting: number }): Turns {
  const lines = new Map<string, Line>();
  const leave = (key: string, line: Line) => {
    const next = line.waiting.shift();
    if (next) return next();
    line.inside -= 1;
    if (line.inside === 0) lines.delete(key);
  };
  return {
    async enter(key) {
      const line = lines.get(key) ?? { inside: 0, waiting: [] };
      lines.set(key, line);
      if (line.inside < most.inside) line.inside += 1;
      else if (line.waiting.length >= most.waiting) throw tooManyWait();
      else await new Promise<void>((resolve) => line.waiting.push(resolve));
      let isInside = true;
      return () => {
        if (isInside) leave(key, line);
        isInside = false;
      };
    },
  };
}

function tooManyWait(): AppError {
  return new AppError(429, 'rate_limited', 'Too many requests at once. Wait, then try again.', {
    headers: { 'retry-after': '2' },
  });
}
