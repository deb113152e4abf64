/** A stretch of a video in seconds, as a player reports it. */
export type Interval = readonly [fromSeconds: number, toSeconds: number];

/** Stretches kept for one lesson and learner: a few kB, and far more than a person makes by skipping about. */
export const MAX_STORED_INTERVALS = 500;

/** Seconds that the rule grants on top, so that the first heartbeats of an honest player are not cut. */
const GRACE_SECONDS = 10;
/** Playback at double speed is allowed. */
const MAX_SPEED = 2;

/**
 * The union: sorted, disjoint, whole milliseconds, within [0, durationSeconds]. Stretches that touch are joined, those
 * with a gap are not: a gap joined here would be time credited that nobody reported, and what players lose between
 * two reports (some hundredths of a second) is what a share below 100 % is for. What is no stretch (not a number,
 * ends before it begins) is left out.
 *
 * Commutative, associative, idempotent and monotone, so that heartbeats may come late, twice or out of order.
 */
export function mergeIntervals(
  a: readonly Interval[],
  b: readonly Interval[] = [],
  durationSeconds = Number.POSITIVE_INFINITY,
): Interval[] {
  const end = toMs(Math.max(0, durationSeconds));
  const stretches = [...a, ...b]
    .map(([from, to]) => ({ from: Math.max(0, toMs(from)), to: Math.min(end, toMs(to)) }))
    .filter(({ from, to }) => from < to)
    .toSorted((x, y) => x.from - y.from);
  const merged: { from: number; to: number }[] = [];
  for (const next of stretches) {
    const last = merged.at(-1);
    if (last !== undefined && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else merged.push(next);
  }
  return merged.map(({ from, to }) => [from / 1000, to / 1000]);
}

/** Seconds in a union, to the millisecond. The stretches must be disjoint, as `mergeIntervals` leaves them. */
export function coveredSeconds(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, [from, to]) => sum + toMs(to) - toMs(from), 0) / 1000;
}

export type WatchedCredit = {
  /** To be stored: all that was ever reported, credited or not. */
  intervals: Interval[];
  /** To be stored: what counts. Never less than before. */
  creditedSeconds: number;
};

/**
 * What a heartbeat adds. Two things are kept apart: `intervals` is the union of all that was ever reported, and
 * `creditedSeconds` is how much of it counts by now: no more than twice the server's time since the lesson's first
 * heartbeat, plus 10 s. So
 *
 * - a late, repeated or reordered heartbeat changes nothing that was reached, since both only grow;
 * - nothing honest is lost to the bound: a player that was offline for an hour is credited in full as soon as the
 *   time has passed, with its next heartbeat, whatever that one reports;
 * - whoever reports the whole video at once has 10 s, and as much as anybody can have later.
 *
 * Cutting the stretches themselves to the bound would lose for good what a player reports only once.
 *
 * `stored` is not cut to the duration (only what counts is), since an author may mend a wrong one. Beyond
 * MAX_STORED_INTERVALS the smallest gaps are closed. That never lowers what was reached, and it gives a dishonest
 * client nothing that it could not simply report; the bound holds for it too.
 */
export function creditWatched({
  stored,
  incoming,
  durationSeconds,
  creditedSeconds = 0,
  elapsedSinceFirstHeartbeatSeconds,
}: {
  stored: readonly Interval[];
  incoming: readonly Interval[];
  durationSeconds: number;
  /** What the last call returned. */
  creditedSeconds?: number;
  /** By the server's clock; 0 for the first heartbeat. */
  elapsedSinceFirstHeartbeatSeconds: number;
}): WatchedCredit {
  const known = mergeIntervals(incoming, [], durationSeconds);
  const intervals = closeSmallestGaps(mergeIntervals(stored, known), MAX_STORED_INTERVALS);
  const covered = coveredSeconds(mergeIntervals(intervals, [], durationSeconds));
  // A server's clock can be set back; NaN and what is negative grant no more than the first heartbeat has.
  const elapsed = elapsedSinceFirstHeartbeatSeconds > 0 ? elapsedSinceFirstHeartbeatSeconds : 0;
  const bound = MAX_SPEED * elapsed + GRACE_SECONDS;
  return { intervals, creditedSeconds: Math.max(creditedSeconds, Math.min(covered, bound)) };
}

/**
 * Whether the share is reached. 100 % leaves out the last second, or the last hundredth of a video shorter than
 * 100 s: durations are typed in whole seconds, and a player cannot pass the end of a file of 599.7 s. A video without
 * a duration cannot be watched enough.
 */
export function isWatchedEnough(
  watchedSeconds: number,
  durationSeconds: number,
  watchedPercent: number,
): boolean {
  if (!(durationSeconds > 0) || !Number.isFinite(durationSeconds)) return false;
  return toMs(watchedSeconds) >= toMs(neededSeconds(durationSeconds, watchedPercent));
}

function neededSeconds(durationSeconds: number, watchedPercent: number): number {
  const share = (durationSeconds * watchedPercent) / 100;
  const reachable = Math.max(durationSeconds - 1, durationSeconds * 0.99);
  return Math.min(share, reachable);
}

/** In how many whole seconds all that was reported counts, or as much of it as is needed. */
export function secondsToWait(lesson: {
  watchedSeconds: number;
  reportedSeconds: number;
  durationSeconds: number;
  watchedPercent: number;
}): number {
  const needed = neededSeconds(lesson.durationSeconds, lesson.watchedPercent);
  return Math.ceil(Math.max(0, Math.min(lesson.reportedSeconds, needed) - lesson.watchedSeconds) / MAX_SPEED);
}

function closeSmallestGaps(intervals: Interval[], maxCount: number): Interval[] {
  const surplus = intervals.length - maxCount;
  if (surplus <= 0) return intervals;
  const gaps = intervals.slice(1).map(([from], i) => ({ at: i + 1, size: from - (intervals[i]?.[1] ?? 0) }));
  const closed = new Set(
    gaps
      .toSorted((x, y) => x.size - y.size || x.at - y.at)
      .slice(0, surplus)
      .map((gap) => gap.at),
  );
  const kept: Interval[] = [];
  for (const [i, [from, to]] of intervals.entries()) {
    const last = kept.at(-1);
    if (last !== undefined && closed.has(i)) kept[kept.length - 1] = [last[0], to];
    else kept.push([from, to]);
  }
  return kept;
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
