import type { Config } from '#platform/config/config.ts';
import { cookieIn } from './cookies.ts';
import type { Reply, Request } from './types.ts';

/** Where programs that keep no cookies give, and get, what shows a device that somebody has signed in on. */
const deviceHeader = 'x-device-token';
/** As many people are remembered by the cookie of one device. */
const maxPeople = 5;
const maxLength = 120;
const keptSeconds = 180 * 86_400;
const separator = '~';

type Placed = Pick<Config, 'publicUrl'>;

export function carriesDevice(request: Request): boolean {
  return request.headers[deviceHeader] !== undefined || /lms_device=/.test(request.headers.cookie ?? '');
}

/** What a request says of its device: one token for each person who has signed in on it. */
export function deviceTokensOf(request: Request, config: Placed): string[] {
  const given = request.headers[deviceHeader];
  const kept = cookieIn(request.headers.cookie, nameOf(config))?.split(separator) ?? [];
  return [...(typeof given === 'string' ? [given] : []), ...kept]
    .filter((token) => token !== '' && token.length <= maxLength)
    .slice(0, maxPeople);
}

/** Has the device keep these, the first of which is of whom this answer is for. */
export function keepDevice(reply: Reply, config: Placed, tokens: readonly [string, ...string[]]): void {
  const value = tokens.slice(0, maxPeople).join(separator);
  const secure = isSecure(config) ? '; Secure' : '';
  reply.header(deviceHeader, tokens[0]);
  reply.header(
    'set-cookie',
    `${nameOf(config)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${keptSeconds}${secure}`,
  );
}

function nameOf(config: Placed): string {
  return isSecure(config) ? '__Host-lms_device' : 'lms_device';
}

function isSecure({ publicUrl }: Placed): boolean {
  return publicUrl.startsWith('https:');
}
