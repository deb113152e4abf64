import { hashToken, newToken } from '#platform/crypto.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { insertLoginChallenge } from '../queries/login-challenges.ts';
import { factorsOf, type SecondFactor } from '../sign-in-state.ts';

/** How long somebody has for their second factor, and how many tries. */
const loginChallengeSeconds = 600;
export const maxChallengeAttempts = 5;

export type MfaRequired = {
  result: 'mfaRequired';
  challengeToken: string;
  methods: SecondFactor[];
  expiresIn: number;
};

/** For somebody whose password was right. The token is good for the second half of this login and nothing else. */
export async function beginLoginChallenge(
  { clock, audit }: Pick<Deps, 'clock' | 'audit'>,
  tx: Tx,
  person: { id: string; has_totp: boolean; has_passkey: boolean },
): Promise<MfaRequired> {
  const now = clock.now();
  const challengeToken = newToken();
  await insertLoginChallenge(tx, {
    token_hash: hashToken(challengeToken),
    user_id: person.id,
    created_at: now,
    expires_at: new Date(now.getTime() + loginChallengeSeconds * 1000),
  });
  await audit.record(tx, { action: 'session.challenged', by: null, targetId: person.id });
  const methods = factorsOf({ hasTotp: person.has_totp, hasPasskey: person.has_passkey });
  return { result: 'mfaRequired', challengeToken, methods, expiresIn: loginChallengeSeconds };
}
