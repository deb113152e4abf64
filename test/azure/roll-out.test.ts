import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { image } from './deployments.ts';

const folder = path.join(import.meta.dirname, '../../deploy/azure');
const old = 'lms.azurecr.io/lms@sha256:0ld';

// Stands for Azure: notes what it is asked, and answers as the files beside it say.
const AZ = `#!/usr/bin/env bash
folder="$(dirname "$0")"
printf '%s\\n' "$*" >>"$folder/asked"
deployed="$(grep -o 'step=roles image=[^ ]*' "$folder/asked" | tail -n 1)"
case "$*" in
  *'step=migration'*) exit "$(cat "$folder/migration-deploys" 2>/dev/null || echo 0)" ;;
  *'job start'*) echo run-1 ;;
  *'job execution show'*) cat "$folder/migration" ;;
  *'containerapp show'*image*) if [ -f "$folder/is-first" ]; then exit 3; else echo '${old}'; fi ;;
  *'containerapp show'*) if [ "$deployed" = "step=roles image=$(cat "$folder/broken")" ]; then echo '["new", '; echo 'null]'; else echo '["new", "new"]'; fi ;;
esac
`;

type Azure = { migration?: string; broken?: string; isFirst?: boolean };

async function deploy(azure: Azure, args?: string[]) {
  const bin = path.join(mkdtempSync(path.join(process.env['LMS_TEST_FOLDER'] ?? tmpdir(), 'azure-')), 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'az'), AZ, { mode: 0o755 });
  writeFileSync(path.join(bin, 'migration'), azure.migration ?? 'Succeeded');
  writeFileSync(path.join(bin, 'broken'), azure.broken ?? 'none');
  writeFileSync(path.join(bin, 'asked'), '');
  if (azure.isFirst) writeFileSync(path.join(bin, 'is-first'), '');
  const parameters = path.join(folder, 'production.parameters.example.json');
  const child = spawn(path.join(folder, 'deploy'), args ?? ['group', parameters, image], {
    env: {
      ...process.env,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      READY_SECONDS: '0',
      LOOK_SECONDS: '0.01',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  const asked = readFileSync(path.join(bin, 'asked'), 'utf8');
  const steps = [...asked.matchAll(/step=(\w+) image=(\S+)|(job start)/g)].map(
    ([, step, of, start]) => start ?? `${step} ${of === image ? 'new' : of === old ? 'old' : of}`,
  );
  return { status: child.exitCode, steps, said };
}

suite('the roll-out to Azure Container Apps', () => {
  test('migrates before it changes a role', async () => {
    const { status, steps } = await deploy({});
    assert.deepEqual({ status, steps }, { status: 0, steps: ['migration new', 'job start', 'roles new'] });
  });

  test('a migration that fails, or does not end, changes no role', async () => {
    for (const migration of ['Failed', 'Running']) {
      const { status, steps } = await deploy({ migration });
      assert.deepEqual({ status, steps }, { status: 1, steps: ['migration new', 'job start'] });
    }
  });

  test('revisions that do not become ready are taken back to the image before', async () => {
    const { status, steps, said } = await deploy({ broken: image });
    assert.deepEqual(steps, ['migration new', 'job start', 'roles new', 'roles old']);
    assert.equal(status, 1);
    assert.match(said, /what ran before runs/);
  });

  test('where nothing ran before, a failure is said to be one', async () => {
    const { status, steps } = await deploy({ broken: image, isFirst: true });
    assert.deepEqual({ status, steps }, { status: 3, steps: ['migration new', 'job start', 'roles new'] });
  });

  test('an image by its tag, a missing file and a missing argument are refused before Azure is asked', async () => {
    const parameters = path.join(folder, 'production.parameters.example.json');
    for (const args of [
      ['group', parameters, 'lms.azurecr.io/lms:latest'],
      ['group', 'missing.json', image],
      ['group'],
    ]) {
      const { status, steps } = await deploy({}, args);
      assert.deepEqual({ status, steps }, { status: 2, steps: [] });
    }
  });
});
