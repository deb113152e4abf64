import { creditWatched, type Interval } from './intervals.ts';
import type { Kept } from './queries/completion.ts';
import type { LessonRowWithWatched } from './queries/lessons.ts';

export type Heartbeat = {
  positionSeconds?: number | undefined;
  watched?: readonly Interval[] | undefined;
  occurredAt?: Date | undefined;
};

/** Of the time between two heartbeats of a lesson, no more than this was spent in it: who is away sends none. */
export const maxGapSeconds = 60;

/**
 * What a heartbeat leaves in a lesson. All but the position follows the server's clock alone:
 *
 * - the time spent grows by the time since the last heartbeat, at most `maxGapSeconds`, so it never passes the time that
 *   passed on the server (two lessons open at once count twice);
 * - `watched` is a union, credited no faster than `creditWatched` allows; lessons without a video keep none;
 * - the position follows the latest `occurredAt`, which counts as no earlier than the lesson's first heartbeat and no
 *   later than now.
 */
export function beat(
  lesson: Pick<
    LessonRowWithWatched,
    | 'type'
    | 'duration_seconds'
    | 'first_seen_at'
    | 'touched_at'
    | 'position_seconds'
    | 'position_at'
    | 'watched'
    | 'seconds_watched'
    | 'seconds_spent'
  >,
  { positionSeconds, watched = [], occurredAt }: Heartbeat,
  now: Date,
): Kept {
  const firstSeenAt = lesson.first_seen_at ?? now;
  const gapSeconds = secondsBetween(lesson.touched_at ?? now, now);
  const at = clamp(occurredAt ?? now, firstSeenAt, now);
  const moves = positionSeconds !== undefined && (lesson.position_at === null || at >= lesson.position_at);
  const credit = creditWatched({
    stored: lesson.watched,
    incoming: lesson.type === 'video' ? watched : [],
    durationSeconds: lesson.duration_seconds ?? 0,
    creditedSeconds: lesson.seconds_watched,
    elapsedSinceFirstHeartbeatSeconds: secondsBetween(firstSeenAt, now),
  });
  return {
    positionSeconds: moves ? positionSeconds : lesson.position_seconds,
    positionAt: moves ? at : lesson.position_at,
    watched: credit.intervals,
    secondsWatched: credit.creditedSeconds,
    secondsSpent: lesson.seconds_spent + Math.min(maxGapSeconds, gapSeconds),
  };
}

/** 0 where a server's clock was set back. */
function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, to.getTime() - from.getTime()) / 1000;
}

function clamp(at: Date, from: Date, to: Date): Date {
  return new Date(Math.max(from.getTime(), Math.min(at.getTime(), to.getTime())));
}
