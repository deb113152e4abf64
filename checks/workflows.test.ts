import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { flawsOf, missingAudits } from './workflows.ts';

const FOLDER = path.join(import.meta.dirname, '../.github/workflows');
const SOUND = `
on: push
permissions:
  contents: read
concurrency:
  group: x
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - env:
          TITLE: \${{ github.event.pull_request.title }}
        run: |
          echo "$TITLE"
`;
const PLANTED: readonly [RegExp, (text: string) => string][] = [
  [/not pinned/, (text) => text.replace(/@[0-9a-f]{40} # v7.0.1/, '@v7')],
  [/not pinned/, (text) => text.replace(' # v7.0.1', '')],
  [/inside run/, (text) => text.replace('echo "$TITLE"', 'echo "${{ github.event.pull_request.title }}"')],
  [/inside run/, (text) => text.replace(/run: \|\n +echo "\$TITLE"/, 'run: echo ${{ inputs.sha }}')],
  [/pull_request_target/, (text) => text.replace('on: push', 'on: pull_request_target')],
  [/permissions/, (text) => text.replace('permissions:\n  contents: read', 'permissions: write-all')],
  [/permissions/, (text) => text.replace('permissions:\n  contents: read\n', '')],
  [/concurrency/, (text) => text.replace(/concurrency:\n.*\n/, '')],
  [/timeout/, (text) => text.replace(/.*timeout-minutes.*\n/, '')],
  [/credentials/, (text) => text.replace(/ +with:\n.*persist-credentials: false\n/, '')],
  [
    /stored password/,
    (text) => text.replace('TITLE: ', 'PASSWORD: ${{ secrets.AZURE_PASSWORD }}\n          TITLE: '),
  ],
];

suite('the workflows of GitHub Actions', () => {
  for (const name of readdirSync(FOLDER)) {
    test(`${name} pins its actions, may do little, and runs no text of strangers`, () => {
      assert.deepEqual(flawsOf(readFileSync(path.join(FOLDER, name), 'utf8')), []);
    });
  }

  test('packages are audited with each pull request and each week, and a step of that which goes is missed', () => {
    const names = ['ci.yml', 'security.yml'];
    const all = Object.fromEntries(
      names.map((name) => [name, readFileSync(path.join(FOLDER, name), 'utf8')]),
    );
    assert.deepEqual(missingAudits(all), []);
    const planted: [string, string, string][] = [
      ['ci.yml', 'run: node checks/advisories.ts', '# run: node checks/advisories.ts'],
      ['ci.yml', 'pull_request:', 'workflow_call:'],
      ['security.yml', '- run: npm audit signatures', ''],
      ['security.yml', 'npm audit --omit=dev --audit-level=low', 'npm audit --omit=dev || true'],
      ['security.yml', 'run: npm audit --audit-level=high', 'run: npm audit --audit-level=critical'],
      ['security.yml', '- cron:', '# cron:'],
      ['security.yml', 'if: success() || failure()', 'continue-on-error: true'],
    ];
    for (const [name, from, to] of planted) {
      const text = all[name]?.replace(from, to) ?? '';
      assert.notEqual(text, all[name], `${from} is not planted`);
      assert.equal(missingAudits({ ...all, [name]: text }).length, 1, from);
    }
  });

  test('each flaw is found where it is planted', () => {
    assert.deepEqual(flawsOf(SOUND), []);
    for (const [flaw, plant] of PLANTED) {
      assert.notEqual(plant(SOUND), SOUND, `${flaw} is not planted`);
      assert.match(flawsOf(plant(SOUND)).join('\n'), flaw);
    }
  });
});
