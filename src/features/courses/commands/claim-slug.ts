import type { Tx } from '#platform/db/database.ts';
import { claimSlug, listTakenSlugs } from '../queries/courses.ts';
import { slugCandidate, slugify } from '../slug.ts';

/** Candidates that are looked at together. */
const batch = 50;

/**
 * Makes an address for a course from its title: the first that no course has or ever had. Of two that claim
 * one at the same time, the second waits and takes the next.
 */
export async function claimSlugFor(tx: Tx, courseId: string, title: string, now: Date): Promise<string> {
  const base = slugify(title);
  for (let first = 1; ; first += batch) {
    const candidates = Array.from({ length: batch }, (_, i) => slugCandidate(base, first + i));
    const taken = await listTakenSlugs(tx, candidates);
    for (const candidate of candidates) {
      if (!taken.has(candidate) && (await claimSlug(tx, courseId, candidate, now))) return candidate;
    }
  }
}
