import type { Config } from '#platform/config/config.ts';

/** Of answers that are no pages. What it names by `default-src` holds for objects, scripts and all else. */
export const contentPolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/**
 * Headers that every answer carries. A browser that shows one as a page loads nothing for it and puts it in no frame; pages
 * put a policy of their own in its place. Where the institution's address is https, browsers keep to it for a year, and to
 * https for the hosts below it (RFC 6797).
 */
export function guardingHeaders({ publicUrl }: Pick<Config, 'publicUrl'>): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': contentPolicy,
    'referrer-policy': 'no-referrer',
    ...(publicUrl.startsWith('https:') && {
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    }),
  };
}
