import { daysBefore } from '#platform/db/purging.ts';
import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { beginInvitation } from './commands/begin-invitation.ts';
import { beginPasswordReset } from './commands/begin-password-reset.ts';
import { beginVerification } from './commands/begin-verification.ts';
import { endDueSuspensions } from './commands/suspension.ts';
import {
  beginInvitationJob,
  beginPasswordResetJob,
  beginVerificationJob,
  endSuspensionsJob,
  tellEndedJob,
  welcomeJob,
} from './job-definitions.ts';
import { purgeLoginCodes } from './queries/login-codes.ts';
import { purgeChallenges } from './queries/login-challenges.ts';
import { purgeKeys } from './queries/api-keys.ts';
import { purgeSessions, purgeUsedRefreshTokens } from './queries/sessions.ts';
import { purgeEmailChanges } from './queries/email-changes.ts';
import { purgeEmailTokens } from './queries/email-tokens.ts';
import { purgeSuspensions } from './queries/suspensions.ts';

export const purgeSessionsJob = defineJob({
  name: 'identity.purge-sessions',
  queue: 'maintenance',
  payload: object({}),
});

export const identityJobs = [
  job<Deps, typeof purgeSessionsJob.payload>(purgeSessionsJob, async (deps) => {
    const { db, config } = deps;
    const now = deps.clock.now();
    const ended = daysBefore(now, config.sessionRetentionDays);
    const sessions = await purgeSessions(db, ended);
    const tokens = await purgeUsedRefreshTokens(db, daysBefore(now, config.refreshTokenExpireDays));
    const keys = await purgeKeys(db, daysBefore(now, config.apiKeyRetentionDays));
    const mailed = await purgeEmailTokens(db, ended);
    const changes = await purgeEmailChanges(db, ended);
    const challenges = await purgeChallenges(db, now);
    const codes = await purgeLoginCodes(db, now);
    const suspensions = await purgeSuspensions(db, now);
    deps.log.info(
      { sessions, refreshes: tokens, keys, mailed, changes, challenges, codes, suspensions },
      'purged ended and expired sessions, refresh tokens used long ago, API keys ended long ago, challenges and codes, changes of addresses, what was mailed and has expired, and suspensions that count no more',
    );
  }),
  // The first token has the person's own id, which is older than any later token's and makes a repetition harmless.
  job<Deps, typeof welcomeJob.payload>(welcomeJob, (deps, { userId }) =>
    beginVerification(deps, { userId, tokenId: userId, reason: 'registered' }),
  ),
  job<Deps, typeof beginVerificationJob.payload>(beginVerificationJob, beginVerification),
  job<Deps, typeof beginPasswordResetJob.payload>(beginPasswordResetJob, beginPasswordReset),
  job<Deps, typeof beginInvitationJob.payload>(beginInvitationJob, beginInvitation),
  job<Deps, typeof tellEndedJob.payload>(tellEndedJob, async (deps, { sessionIds }) =>
    deps.sessions.tellEnded(sessionIds),
  ),
  job<Deps, typeof endSuspensionsJob.payload>(endSuspensionsJob, async (deps) => {
    const count = await endDueSuspensions(deps);
    if (count > 0) deps.log.info({ count }, 'let people in again whose suspension is over');
  }),
];
