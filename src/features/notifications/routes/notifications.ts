import type { Deps } from '#platform/deps.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import type { App } from '#platform/http/types.ts';
import { readNotifications } from '../commands/read-notifications.ts';
import { presentNotification } from '../present.ts';
import { countUnread, listNotifications } from '../queries/notifications.ts';
import { notificationPage, notificationQuery, readBody, unreadSchema } from '../schemas.ts';

const tags = ['Notifications'];
const config = { access: 'signedIn' } as const;

export function notificationRoutes(app: App, deps: Deps): void {
  const listing = operation('listNotifications', 'What you were told of, the newest first', {
    tags,
    description:
      'Kept for `NOTIFICATION_READ_RETENTION_DAYS` after they were read, and for `NOTIFICATION_RETENTION_DAYS` at most. `include=unread` adds how many are unread, whatever is filtered; counted up to 1,000.',
    querystring: notificationQuery,
    response: { 200: notificationPage },
    errors: [400, 401],
  });
  // 2 statements: sign-in, list. 3 with the count.
  app.get('/me/notifications', { schema: listing, config }, async (request) => {
    const { userId } = signedIn(request);
    const { limit = 20, sort = '-createdAt', cursor, unread, include } = request.query;
    const page = await listNotifications(deps.db, userId, { isUnread: unread }, { limit, sort, cursor });
    return {
      items: page.rows.map(({ shown }) => presentNotification(shown)),
      nextCursor: page.nextCursor,
      ...(include && { unread: await countUnread(deps.db, userId) }),
    };
  });

  const reading = operation('readNotifications', 'Mark notifications as read', {
    tags,
    description:
      'By `ids`, or `upTo` one (with all that are older), or `all`. Those of others and unknown ones are passed over; again changes nothing.',
    body: readBody,
    response: { 200: unreadSchema },
    errors: [400, 401],
  });
  // 3 statements: sign-in, write, count.
  app.post('/me/notifications/read', { schema: reading, config }, async (request) => ({
    unread: await readNotifications(deps, signedIn(request), request.body),
  }));
}
