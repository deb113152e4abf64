import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestCertificate } from './certificates.ts';

const program = path.join(
  import.meta.dirname,
  'azurite',
  'node_modules',
  'azurite',
  'dist',
  'src',
  'blob',
  'main.js',
);
const startTimeoutMs = 60_000;
// The account of every Azurite, as its documentation gives it.
const account = 'devstoreaccount1';
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** What a suite is given as `skip`: why it cannot run, or false. */
export const azuriteIsMissing = existsSync(program) ? false : 'needs Azurite: npm ci --prefix test/azurite';

export type Azurite = { connectionString: string; url: string; stop(): Promise<void> };

/**
 * Azure's own emulator of Blob Storage on a free port, with nothing in it and no file kept on a disk. With a
 * certificate it speaks TLS and takes tokens of identities, whose signature it does not look at.
 */
export async function startAzurite(tls?: TestCertificate): Promise<Azurite> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lms-azurite-'));
  const options = tls ? writeCertificate(folder, tls) : [];
  const args = [
    '--blobPort',
    '0',
    '--inMemoryPersistence',
    '--silent',
    '--skipApiVersionCheck',
    '--disableTelemetry',
  ];
  const child = spawn(process.execPath, [program, ...args, ...options], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
  let output = '';
  child.stderr.on('data', (data: Buffer) => void (output += data.toString()));
  for await (const data of child.stdout as AsyncIterable<Buffer>) {
    output += data.toString();
    const url = /successfully listens on (https?:\S+)/.exec(output)?.[1];
    if (url === undefined) continue;
    clearTimeout(timer);
    child.stdout.resume();
    return { url: `${url}/${account}`, connectionString: connectionStringOf(`${url}/${account}`), stop };
  }
  clearTimeout(timer);
  await stop();
  throw new Error(`Azurite did not start: ${output}`);
}

function writeCertificate(folder: string, { cert, key }: TestCertificate): string[] {
  const [certFile, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  return ['--oauth', 'basic', '--cert', certFile, '--key', keyFile];
}

function connectionStringOf(endpoint: string): string {
  const { protocol } = new URL(endpoint);
  return `DefaultEndpointsProtocol=${protocol.slice(0, -1)};AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`;
}
