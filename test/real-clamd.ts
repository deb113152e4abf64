import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { waitFor } from './wait.ts';

/** Starts the clamd of this machine with one signature, the test virus's, so that nothing is downloaded. */
export async function startRealClamd(t: TestContext): Promise<string> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-clamd-')));
  const socket = path.join(folder, 'clamd.sock');
  // MD5, size and name of the test file: https://docs.clamav.net/manual/Signatures/HashSignatures.html
  writeFileSync(path.join(folder, 'test.hdb'), '44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature\n');
  const settings = {
    LocalSocket: socket,
    DatabaseDirectory: folder,
    Foreground: 'yes',
    TemporaryDirectory: folder,
  };
  const file = path.join(folder, 'clamd.conf');
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  );
  const clamd = spawn('clamd', ['--config-file', file], { stdio: 'ignore' });
  const ended = new Promise((resolve) => clamd.once('close', resolve));
  t.after(async () => {
    clamd.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  await waitFor('clamd listens', () => existsSync(socket), 60_000);
  return `unix:${socket}`;
}
