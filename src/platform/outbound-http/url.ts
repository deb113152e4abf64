import { isIP } from 'node:net';
import type { Reason } from '#platform/errors.ts';
import { createAddressRules } from './addresses.ts';

export type UrlRules = { isHttpAllowed: boolean; arePrivateAddressesAllowed: boolean };

/**
 * Why requests may not go to this address that somebody gave us, or undefined; `path` names the field. What a name stands
 * for is looked at with each request.
 */
export function reasonAgainstOutboundUrl(text: string, path: string, rules: UrlRules): Reason | undefined {
  const url = URL.parse(text);
  const reason = (code: string, message: string) => ({ path, code, message });
  const schemes = rules.isHttpAllowed ? 'https:// or http://' : 'https://';
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return reason('url_invalid', `The address must begin with ${schemes} and a host.`);
  if (url.username !== '' || url.password !== '')
    return reason('url_has_credentials', 'The address must hold no user name and no password.');
  if (url.hash !== '') return reason('url_has_fragment', 'The address must have no part behind a #.');
  if (url.protocol === 'http:' && !rules.isHttpAllowed)
    return reason('url_not_https', 'The address must begin with https://.');
  if (!rules.arePrivateAddressesAllowed && isPrivate(url.hostname))
    return reason('url_private', 'The address must be a public one, not of this machine or its networks.');
  return undefined;
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) return !createAddressRules().isPublic(host);
  return /(?:^|\.)localhost\.?$/i.test(host);
}
