import { isIP } from 'node:net';

/** Whether this host, an address or a name without a port, is this machine as it reaches itself alone. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '::1' ||
    host === '[::1]' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}
