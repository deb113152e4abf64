import { isStrict } from '#platform/config/settings.ts';
import type { Config } from '#platform/config/config.ts';
import type { Reason } from '#platform/errors.ts';
import { reasonAgainstOutboundUrl } from '#platform/outbound-http/url.ts';

type Rules = Pick<Config, 'environment' | 'webhooksAllowPrivateAddresses'>;

/** Why events may not be sent to this address, or undefined. What a name stands for is looked at with each delivery. */
export function reasonAgainstUrl(text: string, config: Rules): Reason | undefined {
  return reasonAgainstOutboundUrl(text, '/url', {
    isHttpAllowed: !isStrict(config.environment),
    arePrivateAddressesAllowed: config.webhooksAllowPrivateAddresses,
  });
}
