import { Type } from 'typebox';
import {
  cappedTotal,
  commaList,
  id,
  integer,
  listQuery,
  named,
  nullable,
  object,
  oneOf,
  pageOf,
  time,
} from '#platform/http/schema.ts';
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

const notificationSchema = named(
  'Notification',
  object({
    id,
    kind: oneOf(notificationKinds, { description: 'By which it can be switched off.' }),
    eventType: Type.String({
      description: 'What happened, such as `certificate.issued`: clients translate by it.',
    }),
    data: Type.Record(Type.String(), Type.String(), {
      description: 'Ids of what it is about: `certificateId`, `attemptId`, `enrollmentId` and so on.',
    }),
    course: nullable(object({ id, slug: Type.String(), title: Type.String() })),
    createdAt: time,
    readAt: nullable(time),
  }),
);
export const notificationQuery = listQuery(['-createdAt', 'createdAt'], {
  unread: Type.Optional(Type.Boolean({ description: 'true: unread ones alone.' })),
  include: Type.Optional(commaList(oneOf(['unread']))),
});
export const notificationPage = pageOf('NotificationPage', notificationSchema, {
  unread: Type.Optional(cappedTotal),
});
export const readBody = named(
  'NotificationsRead',
  object({
    ids: Type.Optional(Type.Array(id, { minItems: 1, maxItems: 100 })),
    upTo: Type.Optional({ ...id, description: 'This one and all that are older.' }),
    all: Type.Optional(oneOfTrue()),
  }),
);
export const unreadSchema = named('UnreadCount', object({ unread: cappedTotal }));

// Without names: a linter does not see that an extension refers to them.
const streamProgress = object({
  enrollmentId: id,
  courseId: id,
  lessonId: id,
  status: oneOf(['inProgress', 'completed']),
  positionSeconds: nullable(Type.Number({ minimum: 0 })),
  progressPercent: integer(0, 100),
  enrollmentStatus: oneOf(['active', 'completed', 'withdrawn']),
});
const streamEnd = object({ reason: oneOf(['sessionEnded', 'tooManyStreams', 'restart']) });
/** Not a schema of JSON: what stands in `data` of each kind of event is listed beside it. */
export const streamAnswer = Type.Unsafe<Buffer>({
  description: 'Server-Sent Events, without an end unless `follow=false`.',
  content: {
    'text/event-stream': {
      schema: {
        type: 'string',
        description:
          'Events `ready`, `reset`, `notification`, `progress` and `end`; `x-events` has the JSON in `data` of each. An event has an `id`, except `end`.',
        'x-events': {
          ready: object({}),
          reset: object({}),
          notification: notificationSchema,
          progress: streamProgress,
          end: streamEnd,
        },
      },
    },
  },
});
export const streamQuery = object({
  ticket: Type.Optional(Type.String({ maxLength: 100, description: 'From `POST /me/events/tickets`.' })),
  lastEventId: Type.Optional(
    Type.String({ maxLength: 100, description: 'For clients that cannot send the header `Last-Event-ID`.' }),
  ),
  follow: Type.Optional(
    Type.Boolean({ default: true, description: 'false: what is new since `lastEventId`, then the end.' }),
  ),
});
export const ticketSchema = named('StreamTicket', object({ ticket: Type.String(), expiresAt: time }));

function oneOfTrue() {
  return Type.Unsafe<true>({ type: 'boolean', enum: [true] });
}
