import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { suite, test, type TestContext } from 'node:test';
import { eicar, startFakeClamd, type ClamdMood } from '#test/clamd.ts';
import { startRealClamd } from '#test/real-clamd.ts';
import { createScanner, type ScanOutcome } from './scanner.ts';

async function fakeFor(t: TestContext, mood: ClamdMood = 'well', at?: string) {
  const fake = await startFakeClamd(at);
  fake.mood = mood;
  t.after(() => fake.stop());
  const outcomes: ScanOutcome[] = [];
  const scanner = createScanner({
    url: fake.url,
    timeoutMs: 300,
    count: (outcome) => outcomes.push(outcome),
  });
  return { fake, scanner, outcomes };
}
const bytes = (text: string) => Readable.from([Buffer.from(text)]);
const hasClamd = spawnSync('which', ['clamd']).status === 0;

suite('the virus scanner', () => {
  test('tells clean from infected, also across chunks, and is given every byte', async (t) => {
    const { fake, scanner, outcomes } = await fakeFor(t);
    assert.deepEqual(await scanner.scan(bytes('clean')), { found: null });
    const split = Readable.from([Buffer.from(`x${eicar.slice(0, 30)}`), Buffer.from(eicar.slice(30))]);
    assert.deepEqual(await scanner.scan(split), { found: 'Eicar-Test-Signature' });
    const large = Array.from({ length: 40 }, () => Buffer.alloc(65_536, 1));
    assert.deepEqual(await scanner.scan(Readable.from(large)), { found: null });
    assert.deepEqual(fake.scannedBytes, [5, 1 + eicar.length, 40 * 65_536]);
    assert.deepEqual(outcomes, ['clean', 'infected', 'clean']);
  });

  test('is asked by a socket in the file system too', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lms-clamd-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const { scanner } = await fakeFor(t, 'well', path.join(folder, 'clamd.sock'));
    assert.deepEqual(await scanner.scan(bytes(eicar)), { found: 'Eicar-Test-Signature' });
  });

  for (const mood of ['silent', 'closes', 'nonsense'] as const) {
    test(`one that ${mood === 'nonsense' ? 'fails' : mood === 'silent' ? 'says nothing' : mood} lets nothing pass: 503`, async (t) => {
      const { scanner, outcomes } = await fakeFor(t, mood);
      await assert.rejects(scanner.scan(bytes('clean')), { status: 503, code: 'unavailable' });
      assert.deepEqual(outcomes, ['failed']);
    });
  }

  test('one that is not there lets nothing pass: 503', async () => {
    const fake = await startFakeClamd();
    await fake.stop();
    const source = bytes('clean');
    await assert.rejects(createScanner({ url: fake.url }).scan(source), { status: 503 });
    assert.ok(source.destroyed, 'what it would have read is closed');
  });

  test('content beyond its limit is refused as too large: 413', async (t) => {
    const { scanner } = await fakeFor(t, 'limit');
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536);
      })(),
    );
    await assert.rejects(scanner.scan(endless), { status: 413, code: 'payload_too_large' });
  });

  test('content that cannot be read is that failure, not the scanner’s', async (t) => {
    const { scanner } = await fakeFor(t);
    const failing = Readable.from(
      (function* () {
        yield Buffer.from('begin');
        throw new Error('the store went away');
      })(),
    );
    await assert.rejects(scanner.scan(failing), /the store went away/);
  });

  test('a real clamd finds the test virus', { skip: !hasClamd && 'clamd is not installed' }, async (t) => {
    const scanner = createScanner({ url: await startRealClamd(t) });
    assert.equal((await scanner.scan(bytes('clean'))).found, null);
    assert.match((await scanner.scan(bytes(eicar))).found ?? '', /eicar/i);
  });
});
