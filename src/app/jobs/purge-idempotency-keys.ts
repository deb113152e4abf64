import { purgeKeys } from '#platform/db/idempotency-queries.ts';
import { daysBefore } from '#platform/db/purging.ts';
import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';

export const purgeIdempotencyKeysJob = defineJob({
  name: 'operation.purge-idempotency-keys',
  queue: 'maintenance',
  payload: object({}),
});

export const purgeIdempotencyKeys = job<Deps, typeof purgeIdempotencyKeysJob.payload>(
  purgeIdempotencyKeysJob,
  async (deps, _payload, { signal }) => {
    const before = daysBefore(deps.clock.now(), deps.config.idempotencyKeyRetentionDays);
    const count = await purgeKeys(deps.db, before, signal);
    deps.log.info({ count }, 'purged kept answers of Idempotency-Key');
  },
);
