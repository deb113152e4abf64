import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { callbackify } from 'node:util';
import { createAddressRules } from './addresses.ts';
import { AddressRefused } from './failure.ts';
import type { Resolve } from './resolve.ts';

export type Guard = {
  /** Throws `AddressRefused` for an address, as it may stand in an URL, that is not public. */
  check: (address: string) => void;
  /** For `connect`: a name is looked up once, and connected to by what was checked, so that no second answer counts. */
  lookup: LookupFunction;
};

export function createGuard(resolve: Resolve, allowsPrivate: boolean): Guard {
  const rules = createAddressRules();
  const check = (address: string) => {
    if (!allowsPrivate && !rules.isPublic(address))
      throw new AddressRefused(`The host has the address ${address}, which is not a public one.`);
  };
  const lookupAll = async (hostname: string) => {
    const addresses = await resolve(hostname);
    // One that is refused refuses all: a public name has no business with a private address.
    for (const address of addresses) check(address);
    return addresses.map((address) => ({ address, family: isIP(address) }));
  };
  const find = callbackify(async (hostname: string, family: unknown) => {
    const all = await lookupAll(hostname);
    const fitting = family === 4 || family === 6 ? all.filter((each) => each.family === family) : all;
    if (fitting.length > 0) return fitting;
    throw Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
  });
  const lookup: LookupFunction = (hostname, { all, family }, callback) => {
    find(hostname, family, (error, found) => {
      const [first] = found ?? [];
      if (error || !first) callback(error, '');
      else if (all) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
  return { check, lookup };
}

export type Agents = { 'http:': HttpAgent; 'https:': HttpsAgent; close(): void };

const idleMs = 15_000;

/** `certificateAuthorities` (PEM) take the place of those that the system knows. */
export function createAgents(
  { check, lookup }: Guard,
  keepAlive: boolean,
  certificateAuthorities: string | undefined,
): Agents {
  const common = { keepAlive, lookup, ...(keepAlive && { timeout: idleMs, maxFreeSockets: 32 }) };
  const ca = certificateAuthorities === undefined ? {} : { ca: certificateAuthorities };
  const agents = {
    'http:': guarded(new HttpAgent(common), check),
    'https:': guarded(new HttpsAgent({ ...common, ...ca }), check),
  };
  return {
    ...agents,
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

// Looks at the address once more when the connection stands, before a byte of the request is written.
function guarded<A extends HttpAgent>(agent: A, check: Guard['check']): A {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket: (Duplex & { remoteAddress?: string }) | null | undefined = connect(options, callback);
    socket?.once('connect', () => {
      try {
        check(socket.remoteAddress ?? '');
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    return socket;
  };
  return agent;
}
