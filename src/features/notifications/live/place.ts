/**
 * Where a stream goes on, of the id that the client received last. null: it begins now. What is no id of ours is taken
 * for one that lies ahead, to which the answer is `reset`: refusing it would leave a browser without a stream for good.
 */
export function placeOf(lastEventId: string | undefined): number | null {
  if (lastEventId === undefined || lastEventId === '') return null;
  const place = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : Number.MAX_SAFE_INTEGER;
  return Math.min(place, Number.MAX_SAFE_INTEGER);
}
