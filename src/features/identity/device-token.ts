import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Encryption } from '#platform/crypto.ts';

/** Of whom a device is known: it is not any more once they have another password, or signed out everywhere. */
export type DevicePerson = { id: string; password_hash: string | null; devices_forgotten_at: Date | null };

const shape = /^([0-9a-z]{1,9})\.([\w-]{16})\.([\w-]{22})$/;
const lifetimeMs = 180 * 86_400_000;

/**
 * What a device keeps on which somebody has signed in by their password: it opens nothing, and has the password tried on it
 * counted apart from what strangers try. Made of what is stored and a key, and stored nowhere.
 */
function makeDeviceToken(
  encryption: Encryption,
  person: DevicePerson,
  { now, device = randomBytes(12).toString('base64url') }: { now: Date; device?: string | undefined },
): string {
  const since = now.getTime().toString(36);
  return `${since}.${device}.${encodedOf(encryption.macs(boundTo(person, since, device))[0])}`;
}

/** The device that one of these tokens shows to be known to the person; else undefined. */
export function knownDevice(
  encryption: Encryption,
  person: DevicePerson,
  { tokens, now }: { tokens: readonly string[]; now: Date },
): string | undefined {
  return tokens
    .map((token) => deviceOf(encryption, person, token, now))
    .find((device) => device !== undefined);
}

/** What the device is to keep now: a new token of the person's first, and those of others. */
export function renewedTokens(
  encryption: Encryption,
  person: DevicePerson,
  { tokens, now }: { tokens: readonly string[]; now: Date },
): [string, ...string[]] {
  const device = knownDevice(encryption, person, { tokens, now });
  const others = tokens.filter((token) => deviceOf(encryption, person, token, now) === undefined);
  return [makeDeviceToken(encryption, person, { now, device }), ...others];
}

function deviceOf(
  encryption: Encryption,
  person: DevicePerson,
  token: string,
  now: Date,
): string | undefined {
  const [, since = '', device = '', given = ''] = shape.exec(token) ?? [];
  const madeAt = Number.parseInt(since, 36);
  if (device === '' || now.getTime() - madeAt > lifetimeMs) return undefined;
  if (madeAt < (person.devices_forgotten_at?.getTime() ?? 0)) return undefined;
  const isRight = encryption
    .macs(boundTo(person, since, device))
    .some((mac) => timingSafeEqual(Buffer.from(encodedOf(mac)), Buffer.from(given)));
  return isRight ? device : undefined;
}

function encodedOf(mac: Buffer): string {
  return mac.subarray(0, 16).toString('base64url');
}

function boundTo({ id, password_hash: hash }: DevicePerson, since: string, device: string): string {
  const password = createHash('sha256')
    .update(hash ?? '')
    .digest('base64url');
  return JSON.stringify(['device', id, password, since, device]);
}
