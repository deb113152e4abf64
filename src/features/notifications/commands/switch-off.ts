import type { Deps } from '#platform/deps.ts';
import type { NotificationChannel, NotificationKind } from '../policy.ts';
import { insertSwitchedOff } from '../queries/preferences.ts';

/** Nothing more of this kind by this way. False where there is no such person. Harmless twice. */
export function switchOff(
  deps: Pick<Deps, 'db' | 'clock'>,
  what: { userId: string; kind: NotificationKind; channel: NotificationChannel },
): Promise<boolean> {
  return insertSwitchedOff(deps.db, what, deps.clock.now());
}
