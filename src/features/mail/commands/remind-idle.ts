import type { Deps } from '#platform/deps.ts';
import { listIdle } from '../queries/models.ts';
import { queueMails } from './queue-mails.ts';

const dayMs = 86_400_000;
/** A reminder that is late by more is not sent: so many do not come at once where they are switched on. */
const graceDays = 7;
const atOnce = 500;

/** Reminds learners of courses in which they have done nothing for REMINDER_AFTER_DAYS, once. Returns how many. */
export async function remindIdle(deps: Deps): Promise<number> {
  const { reminderAfterDays } = deps.config;
  if (reminderAfterDays === 0) return 0;
  const now = deps.clock.now().getTime();
  const to = new Date(now - reminderAfterDays * dayMs);
  const from = new Date(to.getTime() - graceDays * dayMs);
  let total = 0;
  for (;;) {
    const idle = await listIdle(deps.db, { from, to, limit: atOnce });
    await queueMails(
      deps,
      idle.map(({ id, user_id: userId, cause }) => ({
        userId,
        kind: 'reminder',
        cause,
        params: { enrollmentId: id },
      })),
    );
    total += idle.length;
    if (idle.length < atOnce) return total;
  }
}
