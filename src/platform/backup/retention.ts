export type Retention = { days: number; weeks: number; months: number };

const dayMs = 86_400_000;

/**
 * Which of these backups may go: all but the newest of each of the last so many days, weeks (from Monday) and months
 * that have one, in UTC. Days without a backup do not count, so that nothing goes only because none were made. The newest
 * never goes, nor what was made within the day before it: one that is made in haste, after a loss perhaps, must not take
 * the place of the one before.
 */
export function chooseOutdated<T extends { takenAt: Date }>(backups: readonly T[], keep: Retention): T[] {
  const newestFirst = backups.toSorted((one, other) => other.takenAt.getTime() - one.takenAt.getTime());
  const since = (newestFirst[0]?.takenAt.getTime() ?? 0) - dayMs;
  const kept = new Set<T>(newestFirst.filter(({ takenAt }) => takenAt.getTime() > since));
  const periods = [
    [keep.days, (at: Date) => at.toISOString().slice(0, 10)],
    [keep.weeks, (at: Date) => String(Math.floor((at.getTime() / dayMs + 3) / 7))],
    [keep.months, (at: Date) => at.toISOString().slice(0, 7)],
  ] as const;
  for (const [count, periodOf] of periods) {
    const newest = new Map<string, T>();
    for (const backup of newestFirst) {
      const period = periodOf(backup.takenAt);
      if (!newest.has(period)) newest.set(period, backup);
    }
    for (const backup of [...newest.values()].slice(0, count)) kept.add(backup);
  }
  return newestFirst.filter((backup) => !kept.has(backup));
}
