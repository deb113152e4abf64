import type { Reaction } from '#platform/events.ts';

/** Which jobs follow which event. The one list. */
export const reactions: readonly Reaction[] = [];
