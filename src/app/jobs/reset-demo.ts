import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';

/** Nightly where DEMO_MODE is on: what visitors did is taken back. */
export const resetDemoJob = defineJob({ name: 'demo.reset', queue: 'maintenance', payload: object({}) });

export const resetDemo = job<Deps, typeof resetDemoJob.payload>(resetDemoJob, async (deps) => {
  // The texts of the academy are needed once a night, in a demonstration alone.
  const { resetDemoAcademy } = await import('#app/demo/reset.ts');
  const outcome = await resetDemoAcademy(deps);
  deps.log.info({ outcome }, 'the demonstration begins anew');
});
