import { isIP } from 'node:net';
import { isStrict } from '#platform/config/settings.ts';
import type { Config } from '#platform/config/config.ts';
import type { Reason } from '#platform/errors.ts';
import { createAddressRules } from '#platform/outbound-http/addresses.ts';

type Rules = Pick<Config, 'environment' | 'webhooksAllowPrivateAddresses'>;

/** Why events may not be sent to this address, or undefined. What a name stands for is looked at with each delivery. */
export function reasonAgainstUrl(text: string, config: Rules): Reason | undefined {
  const url = URL.parse(text);
  const reason = (code: string, message: string) => ({ path: '/url', code, message });
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return reason('url_invalid', `The address must begin with ${schemes(config)} and a host.`);
  if (url.username !== '' || url.password !== '')
    return reason('url_has_credentials', 'The address must hold no user name and no password.');
  if (url.hash !== '') return reason('url_has_fragment', 'The address must have no part behind a #.');
  if (url.protocol === 'http:' && isStrict(config.environment))
    return reason('url_not_https', 'The address must begin with https://.');
  if (!config.webhooksAllowPrivateAddresses && isPrivate(url.hostname))
    return reason('url_private', 'The address must be a public one, not of this machine or its networks.');
  return undefined;
}

function schemes({ environment }: Rules): string {
  return isStrict(environment) ? 'https://' : 'https:// or http://';
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) return !createAddressRules().isPublic(host);
  return /(?:^|\.)localhost\.?$/i.test(host);
}
