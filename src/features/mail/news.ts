const newsMs = 3 * 86_400_000;

/**
 * Of what happened more than three days ago nobody is told by mail any more. So nothing that is loaded with its
 * history, such as the demo academy, floods anybody.
 */
export function isNews(happenedAt: Date, now: Date): boolean {
  return now.getTime() - happenedAt.getTime() < newsMs;
}
