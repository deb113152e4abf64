import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import type { NotificationKind } from '../policy.ts';
import { findEvent, listAdmins, type EventRow } from '../queries/events.ts';
import { insertNotifications } from '../queries/notifications.ts';
import { listWanting } from './list-wanting.ts';

/**
 * Which kind of notification follows an event. `enrollment.completed` has none: its certificate follows within a moment,
 * and two for one completion would be one too many.
 */
const kindOfEvent: Readonly<Record<string, NotificationKind>> = {
  'enrollment.created': 'enrollment',
  'certificate.issued': 'completion',
  'certificate.revoked': 'certificateRevoked',
  'quiz.graded': 'grade',
  'webhook.disabled': 'webhookDisabled',
};

/**
 * Tells those whom an event concerns, unless they do not want to be told of its kind. Once an event and person, however
 * often it runs. Those who are connected hear of it at once.
 */
export async function notify(deps: Deps, eventId: string): Promise<void> {
  const event = await findEvent(deps.db, eventId);
  const kind = event && kindOfEvent[event.type];
  if (!kind) throw new Error(`Nobody is told of the event ${eventId}.`);
  const people = await concernedBy(deps, event);
  const wanting = await listWanting(deps.db, kind, 'inApp', people);
  if (wanting.length > 0) {
    const { userId: _userId, courseId = null, ...data } = event.data;
    const notification = {
      eventId,
      kind,
      eventType: event.type,
      courseId,
      data,
      createdAt: event.occurred_at,
    };
    await inTransaction(deps.db, (tx) => insertNotifications(tx, wanting, notification));
  }
  // To all: what was graded may have completed a lesson, which is news of its own.
  deps.signals.tell('news', people);
}

async function concernedBy(deps: Deps, { data }: EventRow): Promise<string[]> {
  return data.userId === undefined ? listAdmins(deps.db) : [data.userId];
}
