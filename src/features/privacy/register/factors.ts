import { because, withAccount, type Entry } from './entry.ts';

/** Second factors, and logins that wait for one. */
export const ofFactors: readonly Entry[] = [
  {
    table: 'login_challenge',
    of: 'user_id = $person',
    purpose: 'logins that wait for a second factor',
    personal: { created_at: 'when they began to sign in' },
    other: ['token_hash', 'user_id', 'first_method', 'external_sign_in_id', 'attempts', 'expires_at'],
    erasure: 'delete',
    exported: { by: ['token_hash'], without: { token_hash: because.secret } },
    kept: 'until the night after it expired, 10 minutes after it began',
  },
  {
    table: 'totp_factor',
    of: 'user_id = $person',
    purpose: 'codes of an authenticator app',
    personal: { confirmed_at: 'since when', last_step: 'when a code was last taken' },
    other: ['user_id', 'secret', 'pending_secret', 'pending_until', 'failures', 'blocked_until'],
    erasure: 'delete',
    exported: { by: ['user_id'], without: { secret: because.secret, pending_secret: because.secret } },
    kept: 'until they give it up',
  },
  {
    table: 'recovery_code',
    of: 'user_id = $person',
    purpose: 'to sign in without a second factor that was lost',
    personal: { created_at: 'since when', used_at: 'when it was used' },
    other: ['user_id', 'code_hash'],
    erasure: 'delete',
    exported: { by: ['user_id', 'code_hash'], without: { code_hash: because.secret } },
    kept: 'until there is a new set, or no second factor',
  },
  {
    table: 'passkey',
    of: 'user_id = $person',
    purpose: 'to sign in by a passkey',
    personal: {
      name: 'what they called it',
      transports: 'how it is reached',
      is_backed_up: 'whether their provider keeps a copy',
      created_at: 'since when',
      last_used_at: 'when it was used',
    },
    other: ['id', 'user_id', 'credential_id', 'public_key', 'sign_count'],
    erasure: 'delete',
    exported: {
      by: ['id'],
      without: { credential_id: because.secret, public_key: because.secret },
    },
    kept: withAccount,
  },
];
