import type { Deps } from '#platform/deps.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { updatePreferences } from '../commands/update-preferences.ts';
import { presentPreferences } from '../present.ts';
import { findPreferences } from '../queries/preferences.ts';
import { preferencesPatch, preferencesSchema } from '../schemas.ts';

const tags = ['Notifications'];
const config = { access: 'signedIn' } as const;

export function preferenceRoutes(app: App, deps: Deps): void {
  const reading = operation('getNotificationPreferences', 'What you are told of, by kind and channel', {
    tags,
    description:
      'Everything is on until it is switched off. Mails about the account itself, such as a password reset, are not listed: they cannot be switched off.',
    response: { 200: preferencesSchema },
    errors: [401],
  });
  // 2 statements: sign-in, preferences.
  app.get('/me/notification-preferences', { schema: reading, config }, async (request) => {
    const { userId, role } = signedIn(request);
    return presentPreferences(await findPreferences(deps.db, userId), role);
  });

  const changing = operation('updateNotificationPreferences', 'Change what you are told of', {
    tags,
    description:
      'Merged by kind and channel: `{"grade": {"email": false}}` changes that alone; null is the default again, for a channel or a whole kind. A kind that does not concern your role is kept and not shown.',
    body: preferencesPatch,
    response: { 200: preferencesSchema },
    errors: [400, 401],
  });
  // 2 to 4 statements.
  app.patch('/me/notification-preferences', { schema: changing, config }, async (request) => {
    const { userId, role } = signedIn(request);
    return presentPreferences(await updatePreferences(traced(deps, request), userId, request.body), role);
  });
}
