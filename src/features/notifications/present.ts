import type { Role } from '#platform/auth/actor.ts';
import {
  notificationChannels,
  notificationKinds,
  roleOfKind,
  type NotificationChannel,
  type NotificationKind,
} from './policy.ts';
import type { NotificationRow } from './queries/notifications.ts';
import type { PreferenceRow } from './queries/preferences.ts';

type Preferences = Partial<Record<NotificationKind, Record<NotificationChannel, boolean>>>;

/** Every kind that concerns the role, with every channel: on unless it was switched off. */
export function presentPreferences(rows: readonly PreferenceRow[], role: Role): Preferences {
  const off = new Set(rows.filter((row) => !row.is_enabled).map(({ kind, channel }) => `${kind} ${channel}`));
  const kinds = notificationKinds.filter((kind) => (roleOfKind[kind] ?? role) === role);
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      Object.fromEntries(notificationChannels.map((channel) => [channel, !off.has(`${kind} ${channel}`)])),
    ]),
  );
}

/** The same in a list and in a stream. */
export function presentNotification({
  id,
  kind,
  eventType,
  data,
  course,
  createdAt,
  readAt,
}: NotificationRow) {
  return { id, kind, eventType, data, course, createdAt, readAt };
}
