import { BlockList, isIP } from 'node:net';

// IANA's registry of special-purpose IPv4 addresses, multicast and what is reserved; 168.63.129.16 is where machines
// in Azure reach their host. Metadata services live in 169.254.0.0/16, 100.64.0.0/10 and 192.0.0.0/24.
const inward4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

// All that is handed out to the public begins with 2000::/3: loopback, link-local, unique-local, multicast and
// IPv4 within IPv6 (::ffff:0:0/96, 64:ff9b::/96) lie outside. Inside lie Teredo and other protocols, examples, 6to4.
const inward6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Tells addresses of the public Internet from those of this machine, its networks and its cloud. */
export function createAddressRules(): { isPublic: (address: string) => boolean } {
  const refused = new BlockList();
  for (const [net, prefix] of inward4) refused.addSubnet(net, prefix, 'ipv4');
  for (const [net, prefix] of inward6) refused.addSubnet(net, prefix, 'ipv6');
  const global6 = new BlockList();
  global6.addSubnet('2000::', 3, 'ipv6');
  return {
    isPublic(address) {
      switch (isIP(address)) {
        case 4:
          return !refused.check(address, 'ipv4');
        case 6:
          // One with a zone (`fe80::1%eth0`) is link-local.
          return !address.includes('%') && global6.check(address, 'ipv6') && !refused.check(address, 'ipv6');
        default:
          return false;
      }
    },
  };
}
