import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { fanOut } from './commands/fan-out.ts';
import { purgeOldDeliveries } from './commands/purge-deliveries.ts';
import { redeliverSome } from './commands/redeliver.ts';
import { fanOutJob, purgeDeliveriesJob, redeliverJob } from './job-definitions.ts';

export const webhookJobs = [
  job<Deps, typeof fanOutJob.payload>(fanOutJob, (deps, { eventIds }) => fanOut(deps, eventIds)),
  job<Deps, typeof redeliverJob.payload>(redeliverJob, redeliverSome),
  job<Deps, typeof purgeDeliveriesJob.payload>(purgeDeliveriesJob, async (deps, _, { signal }) => {
    const purged = await purgeOldDeliveries(deps, signal);
    deps.log.info(purged, 'purged old deliveries of webhooks');
  }),
];
