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

const dayMs = 86_400_000;
const keptDays = 7;
const keptKeyDays = 90;

export const identityJobs = [
  job<Deps, typeof purgeSessionsJob.payload>(purgeSessionsJob, async (deps) => {
    const now = deps.clock.now().getTime();
    const sessions = await purgeSessions(deps.db, new Date(now - keptDays * dayMs));
    const tokens = await purgeUsedRefreshTokens(
      deps.db,
      new Date(now - deps.config.refreshTokenExpireDays * dayMs),
    );
    const keys = await purgeKeys(deps.db, new Date(now - keptKeyDays * dayMs));
    const mailed = await purgeEmailTokens(deps.db, new Date(now - keptDays * dayMs));
    const changes = await purgeEmailChanges(deps.db, new Date(now - keptDays * dayMs));
    const challenges = await purgeChallenges(deps.db, deps.clock.now());
    const codes = await purgeLoginCodes(deps.db, deps.clock.now());
    const suspensions = await purgeSuspensions(deps.db);
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
  job<Deps, typeof endSuspensionsJob.payload>(endSuspensionsJob, async (deps) => {
    const count = await endDueSuspensions(deps);
    if (count > 0) deps.log.info({ count }, 'let people in again whose suspension is over');
  }),
];
