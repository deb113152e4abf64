import { Secret, TOTP } from 'otpauth';

/** RFC 6238 as every authenticator app knows it. */
const scheme = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps before and after now whose codes are taken, for clocks that differ and people who type slowly. */
const stepsAround = 1;
const secretBytes = 20;
/** Failures in a row before the next code has to wait, and how long at most. */
const freeFailures = 5;
const firstWaitMs = 60_000;
const longestWaitMs = 3_600_000;

/** A new secret, in Base32. */
export function newTotpSecret(): string {
  return new Secret({ size: secretBytes }).base32;
}

/** What a QR code holds. */
export function totpUrl(secret: string, { issuer, label }: { issuer: string; label: string }): string {
  // A colon stands between issuer and label, and nowhere else.
  const plain = (text: string) => text.replaceAll(':', ' ');
  return new TOTP({
    ...scheme,
    issuer: plain(issuer),
    label: plain(label),
    secret: Secret.fromBase32(secret),
  }).toString();
}

/** The time step whose code this is, counted from 1970; undefined where it is of none that counts now. */
export function totpStepOf(secret: string, code: string, now: Date): number | undefined {
  // Apps show it in groups. Whatever is no code is none of the library's: it throws for letters of more bytes than one.
  const token = code.replaceAll(' ', '');
  if (!/^[0-9]{6}$/.test(token)) return undefined;
  const totp = new TOTP({ ...scheme, secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token, timestamp: now.getTime(), window: stepsAround });
  return delta === null ? undefined : Math.floor(now.getTime() / (scheme.period * 1000)) + delta;
}

/** What a secret is sealed for. */
export function totpContext(userId: string): string {
  return `totp:${userId}`;
}

/**
 * Until when no code is looked at after this many failures in a row, over all logins of the person: a minute after five,
 * then twice as long each time, an hour at most. At one guess an hour, a right one comes in some 38 years.
 */
export function totpBlockedUntil(failures: number, now: Date): Date | null {
  if (failures < freeFailures) return null;
  const waitMs = firstWaitMs * 2 ** Math.min(failures - freeFailures, 10);
  return new Date(now.getTime() + Math.min(waitMs, longestWaitMs));
}

/** The failure at which somebody is told that their codes are being guessed. */
export const tellingFailure = freeFailures;
