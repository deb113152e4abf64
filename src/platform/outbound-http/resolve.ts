import { Resolver } from 'node:dns/promises';

/** All addresses of a name, IPv4 and IPv6. Rejects where it has none. */
export type Resolve = (hostname: string) => Promise<string[]>;

const timeoutMs = 2_000;
const tries = 2;

/**
 * Asks the DNS servers of this machine, not its hosts file. The system's own way (`dns.lookup`) would hold one of four
 * threads for as long as a dead name server takes, and password hashing and files wait for the same threads.
 */
export function createResolve(): Resolve {
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  return async (hostname) => {
    // RFC 6761, section 6.3: a name that no server needs to be asked for.
    if (/(?:^|\.)localhost\.?$/i.test(hostname)) return ['127.0.0.1', '::1'];
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length > 0) return found;
    const [first] = answers;
    throw first.status === 'rejected' ? first.reason : new Error(`${hostname} has no address`);
  };
}
