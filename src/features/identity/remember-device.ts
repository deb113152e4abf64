import type { Deps } from '#platform/deps.ts';
import { deviceTokensOf, keepDevice } from '#platform/http/device.ts';
import type { Reply, Request } from '#platform/http/types.ts';
import { knownDevice, renewedTokens, type DevicePerson } from './device-token.ts';

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

/** The same where it was known to them before, and is to stay so while others are forgotten. */
export function keepKnownDevice(
  request: Request,
  reply: Reply,
  deps: Pick<Deps, 'config' | 'encryption' | 'clock'>,
  person: DevicePerson,
): void {
  const tokens = deviceTokensOf(request, deps.config);
  const known = knownDevice(deps.encryption, person, { tokens, now: deps.clock.now() });
  if (known !== undefined) rememberDevice(request, reply, deps, person);
}
