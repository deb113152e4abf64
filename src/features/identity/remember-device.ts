import type { Deps } from '#platform/deps.ts';
import { deviceTokensOf, keepDevice } from '#platform/http/device.ts';
import type { Reply, Request } from '#platform/http/types.ts';
import { renewedTokens, type DevicePerson } from './device-token.ts';

/** The device of this request is known to the person from now on: they have just shown that it is theirs. */
export function rememberDevice(
  request: Request,
  reply: Reply,
  { config, encryption, clock }: Pick<Deps, 'config' | 'encryption' | 'clock'>,
  person: DevicePerson,
): void {
  const tokens = deviceTokensOf(request, config);
  keepDevice(reply, config, renewedTokens(encryption, person, { tokens, now: clock.now() }));
}
