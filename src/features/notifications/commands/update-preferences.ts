import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import {
  notificationChannels,
  notificationKinds,
  type NotificationChannel,
  type NotificationKind,
} from '../policy.ts';
import {
  deletePreferences,
  findPreferences,
  upsertPreferences,
  type NewPreference,
  type PreferenceRow,
} from '../queries/preferences.ts';

/** RFC 7396 by kind and channel: null is the default again. */
export type PreferencesPatch = Partial<
  Record<NotificationKind, Partial<Record<NotificationChannel, boolean | null>> | null>
>;

/** Changes what a person is told of, and answers all that now differs from the default. */
export async function updatePreferences(
  deps: Deps,
  userId: string,
  patch: PreferencesPatch,
): Promise<PreferenceRow[]> {
  const changes = changesOf(patch);
  const set = changes.filter((change): change is NewPreference => change.isEnabled !== null);
  const cleared = changes.filter(({ isEnabled }) => isEnabled === null);
  return inTransaction(deps.db, async (tx) => {
    if (cleared.length > 0) await deletePreferences(tx, userId, cleared);
    if (set.length > 0) await upsertPreferences(tx, userId, set, deps.clock.now());
    return findPreferences(tx, userId);
  });
}

// In the order of the lists, so that two changes at a time take their rows in one order.
function changesOf(patch: PreferencesPatch) {
  return notificationKinds.flatMap((kind) =>
    notificationChannels.flatMap((channel) => {
      const ofKind = patch[kind];
      const isEnabled = ofKind === null ? null : ofKind?.[channel];
      return isEnabled === undefined ? [] : [{ kind, channel, isEnabled }];
    }),
  );
}
