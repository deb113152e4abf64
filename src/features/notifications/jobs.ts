import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { notify } from './commands/notify.ts';
import { purgeOld } from './commands/purge-old.ts';
import { notifyJob, purgeNotificationsJob } from './job-definitions.ts';

export const notificationJobs = [
  job<Deps, typeof notifyJob.payload>(notifyJob, (deps, { eventId }) => notify(deps, eventId)),
  job<Deps, typeof purgeNotificationsJob.payload>(
    purgeNotificationsJob,
    async (deps, _payload, { signal }) => {
      const count = await purgeOld(deps, signal);
      deps.log.info({ count }, 'purged notifications that were read or are old');
    },
  ),
];
