import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from 'node:tls';
import type { TestCertificate } from '#test/certificates.ts';
import { waitFor } from '#test/wait.ts';
import type { Stack } from './stack.ts';

/** The fingerprint of the certificate that the proxy shows a new connection. */
export async function certificateShown(stack: Stack): Promise<string> {
  const port = Number(new URL(stack.address).port);
  const socket = connect({ port, host: 'localhost', servername: 'localhost', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** Puts another certificate in its place, as an operator does, and gives the one that stood there. */
export function replaceCertificate(stack: Stack, { cert, key }: TestCertificate): TestCertificate {
  const [certFile, keyFile] = ['tls.crt', 'tls.key'].map((name) =>
    path.join(stack.env['TLS_DIR'] ?? '', name),
  ) as [string, string];
  const before = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  return before;
}

/** Has nginx read its configuration again, and waits until it shows this certificate. */
export async function reloadUntil(stack: Stack, fingerprint: string): Promise<void> {
  await stack.compose(['exec', '-T', 'proxy', 'nginx', '-s', 'reload']);
  const isShown = async () => (await certificateShown(stack)) === fingerprint;
  await waitFor(`the certificate ${fingerprint}`, isShown, 30_000);
}
