import { Type } from 'typebox';
import { named, nullable, object } from '#platform/http/schema.ts';
import {
  notificationChannels,
  notificationKinds,
  type NotificationChannel,
  type NotificationKind,
} from './policy.ts';

const ofChannels = named('NotificationChannels', object(everyOf(notificationChannels, Type.Boolean())));
const ofChannelsPatch = object(everyOf(notificationChannels, Type.Optional(nullable(Type.Boolean()))));

/** Kinds that do not concern the person's role are left out. */
export const preferencesSchema = named(
  'NotificationPreferences',
  object(everyOf(notificationKinds, Type.Optional(ofChannels))),
);
export const preferencesPatch = named(
  'NotificationPreferencesPatch',
  object(everyOf(notificationKinds, Type.Optional(nullable(ofChannelsPatch)))),
);

function everyOf<Name extends NotificationKind | NotificationChannel, Schema>(
  names: readonly Name[],
  schema: Schema,
): Record<Name, Schema> {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>;
}
