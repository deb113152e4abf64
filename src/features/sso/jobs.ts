import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import {
  purgeAssertions,
  purgeLogoutTokens,
  purgeSignIns,
  purgeTransactions,
} from './queries/transactions.ts';

export const purgeSignOnsJob = defineJob({
  name: 'sso.purge-sign-ons',
  queue: 'maintenance',
  payload: object({}),
});

const dayMs = 86_400_000;

export const ssoJobs = [
  job<Deps, typeof purgeSignOnsJob.payload>(purgeSignOnsJob, async (deps) => {
    const now = deps.clock.now();
    const transactions = await purgeTransactions(deps.db, now);
    const signIns = await purgeSignIns(deps.db, new Date(now.getTime() - dayMs));
    const logouts = await purgeLogoutTokens(deps.db, new Date(now.getTime() - dayMs));
    const assertions = await purgeAssertions(deps.db, new Date(now.getTime() - dayMs));
    deps.log.info(
      { transactions, signIns, logouts, assertions },
      'single sign-on: purged sign-ins that were not ended or whose sessions are gone, and logout tokens and assertions of yesterday',
    );
  }),
];
