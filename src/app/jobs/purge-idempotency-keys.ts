import { purgeKeys } from '#platform/db/idempotency-queries.ts';
import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';

export const purgeIdempotencyKeysJob = defineJob({
  name: 'operation.purge-idempotency-keys',
  queue: 'maintenance',
  payload: object({}),
});

const keptHours = 24;

export const purgeIdempotencyKeys = job<Deps, typeof purgeIdempotencyKeysJob.payload>(
  purgeIdempotencyKeysJob,
  async (deps) => {
    const before = new Date(deps.clock.now().getTime() - keptHours * 3_600_000);
    const count = await purgeKeys(deps.db, before);
    deps.log.info({ count }, 'purged kept answers of Idempotency-Key');
  },
);
