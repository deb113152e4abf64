import { BlockList, isIP } from 'node:net';

/** What "a private network" means in the rules of staging and production; `docs/settings.md` prints it. */
export const privateNetworks =
  'this machine (a socket, `localhost`, `127.0.0.0/8`, `::1`), the addresses `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16` and `fc00::/7`, and names that no public name server answers: those without a dot, as the services of Compose and Kubernetes have, and those that end in `.internal`, `.local` or `.home.arpa`';

const nets4 = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const;

/**
 * Whether a host can be reached from a private network alone: an address (IPv6 with or without brackets), a name, or
 * the folder of a socket. Names are judged by themselves, not resolved. Link-local and shared addresses
 * (`169.254.0.0/16`, `100.64.0.0/10`) belong to others as well.
 */
export function isPrivateHost(host: string): boolean {
  if (host === '' || host.startsWith('/')) return true;
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  switch (isIP(bare)) {
    case 4:
      return listOf(nets4, 'ipv4').check(bare, 'ipv4');
    case 6:
      return bare === '::1' || listOf([['fc00::', 7]], 'ipv6').check(bare, 'ipv6');
    default:
      return !bare.includes('.') || /\.(?:internal|local|localhost|home\.arpa)\.?$/.test(bare);
  }
}

function listOf(nets: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of nets) list.addSubnet(net, prefix, family);
  return list;
}
