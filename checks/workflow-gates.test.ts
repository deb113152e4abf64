import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import type { AllowedSkip } from '../test/runner/outcome.ts';
import { flawsOfDeploying, flawsOfLookUp, flawsOfPublishing } from './workflow-gates.ts';
import { missingIn, needsUnmet, neededBy } from './workflow-needs.ts';

const root = path.join(import.meta.dirname, '..');
const ci = read('.github/workflows/ci.yml');
const skips = JSON.parse(read('test/skips.json')) as AllowedSkip[];

type Plant = readonly [RegExp, (text: string) => string];

const MISSING: readonly Plant[] = [
  [
    /job faults: prometheus-alertmanager/,
    (text) => text.replace('venv prometheus prometheus-alertmanager\n', 'venv\n'),
  ],
  [
    /job faults: redis-server/,
    (text) => text.replaceAll('redis-server procps python3 python3-venv prom', 'prom'),
  ],
  [/job test: redis-server/, (text) => text.replace('redis-server poppler-utils', 'poppler-utils')],
  [/job test: azurite/, (text) => text.replace('      - run: npm ci --prefix test/azurite\n', '')],
  [
    /the tests are never run by root/,
    (text) => text.replace(/sudo \S+ env "PATH=\$PATH" npm test/, 'npm test'),
  ],
  [/the faults are never run by root/, (text) => text.replace(/sudo .*(?=npm run test:faults)/, '')],
  [
    /the tests are never run by another/,
    (text) => text.replace('" node test/run.ts\n', '" sudo node test/run.ts\n'),
  ],
  [/no job runs the containers/, (text) => text.replace('npm run test:containers', 'true')],
];

const PUBLISHED: readonly Plant[] = [
  [/pushes the image of another branch/, (text) => text.replace(" && github.ref == 'refs/heads/main'", '')],
  [/of a pull request/, (text) => text.replace(/^ {4}if: github\.event_name == 'push'.*\n/m, '')],
  [/of a run by hand/, (text) => text.replace("if: github.event_name == 'push' && ", 'if: ')],
  [/of another branch/, (text) => text.replace("if: github.event_name == 'push' && ", 'if: always() || ')],
  [/never pushes/, (text) => text.replace("== 'push' && github.ref", "== 'release' && github.ref")],
  [/does not wait for faults/, (text) => text.replace(' faults, containers, image]', ' containers, image]')],
  [/test: continue-on-error/, (text) => text.replace('  test:\n', '  test:\n    continue-on-error: true\n')],
  [
    /publish: fail-build/,
    (text) => text.replace(/^( +)(only-fixed: true\n)(?![^]*\1\2)/m, '$1$2$1fail-build: false\n'),
  ],
  [
    /a step may be done/,
    (text) => text.replace(/^( +)- name: Give it/m, '$1- if: always()\n$1  name: Give it'),
  ],
  [/VERSION of the image/, (text) => text.replace(/^ +VERSION=.*\n/m, '')],
  [/REVISION of the image/, (text) => text.replace(/^ +REVISION=.*\n/m, '')],
  [/CREATED of the image/, (text) => text.replace(/^ +CREATED=.*\n/m, '')],
  [/without provenance/, (text) => text.replace(/^ +provenance: mode=max\n/m, '')],
  [/without sbom/, (text) => text.replace(/^ +sbom: true\n/m, '')],
  [/a tag before it was scanned/, (text) => text.replace('push-by-digest=true,', '')],
  [
    /a tag before it was scanned/,
    (text) => text.replace(/^( +)(sbom: true)$/m, '$1$2\n$1tags: lms:${{ github.sha }}'),
  ],
  [
    /not scanned by its digest/,
    (text) => text.replace(/image: .*outputs\.digest \}\}\n/, 'image: lms:scanned\n'),
  ],
  [/not scanned by its digest/, (text) => swapLastSteps(text)],
  [
    /the tag is not that/,
    (text) => text.replace('DIGEST: ${{ steps.build.outputs.digest }}', 'DIGEST: latest'),
  ],
];

const DEPLOYED: readonly Plant[] = [
  [
    /open after a CI that failed/,
    (text) => text.replace("github.event.workflow_run.conclusion == 'success' && ", ''),
  ],
  [
    /open after a CI of a pull request/,
    (text) => text.replace("github.event.workflow_run.event == 'push' &&", ''),
  ],
  [/open after a CI of a fork/, (text) => text.replace(/ &&\n.*full_name == github\.repository/, '')],
  [/open by hand on another branch/, (text) => text.replace(" && github.ref == 'refs/heads/main'", '')],
  [/open where another way/, (text) => text.replace(/vars\.DEPLOY_TO == '[\w-]+' && /, '')],
  [/open after a CI that failed/, (text) => text.replace(/^ {4}if: >-\n(?: {6}.*\n)+/m, '')],
  [/deploy: does not wait for the gate/, (text) => text.replace('    needs: gate\n', '')],
  [
    /deploy: does not wait for the gate/,
    (text) => text.replace('    needs: gate\n', '    needs: gate\n    if: always()\n'),
  ],
  [/deploy: has no environment/, (text) => text.replace(/^ {4}environment: .*\n/m, '')],
  [/takes another commit/, (text) => text.replace('ref: ${{ needs.gate.outputs.sha }}', 'ref: main')],
  [
    /takes another commit/,
    (text) => text.replace('SHA: ${{ needs.gate.outputs.sha }}', 'SHA: ${{ github.sha }}'),
  ],
  [/does not come after CI/, (text) => text.replace('workflows: [CI]', 'workflows: [Security]')],
];

const LOOKED_UP: readonly Plant[] = [
  [/open for a commit that has no green CI/, (text) => text.replace(/^ +\[ "\$green" .*\n/m, '')],
  [/closed for a commit with a green CI/, (text) => text.replace(/^ +echo "sha=.*\n/m, '')],
  [/takes what is no commit/, (text) => text.replace(/^ +\[\[ "\$SHA".*\n/m, '')],
  [/does not look for head_sha/, (text) => text.replace('?head_sha=$SHA&', '?')],
  [/does not look for status=success/, (text) => text.replace('&status=success', '')],
  [/does not look for branch=main/, (text) => text.replace('&branch=main', '')],
];

suite('the workflows of GitHub Actions, together', () => {
  test('each job gets what its tests need, and what only root or only others can be shown has a job', () => {
    assert.deepEqual(needsUnmet(ci, skips), []);
    assertFound(ci, MISSING, (text) => needsUnmet(text, skips));
  });

  test('.ci/run installs what its tests need', () => {
    const script = read('.ci/run');
    const needed = (['tests', 'faults'] as const).flatMap((run) => neededBy(run, skips));
    assert.deepEqual(missingIn(script, needed), []);
    const plant = (text: string) => text.replace('[redis-server]=redis-server ', '');
    assertFound(script, [[/redis-server/, plant]], (text) => missingIn(text, needed));
  });

  test('an image is pushed from main alone, when all else is green, says what it is, and is scanned before it has a tag', () => {
    assert.deepEqual(flawsOfPublishing(ci), []);
    assertFound(ci, PUBLISHED, flawsOfPublishing);
  });

  test('nothing else pushes an image', () => {
    for (const name of ['security', 'deploy-azure-vm', 'deploy-azure-container-apps'])
      assert.deepEqual(flawsOfPublishing(read(`.github/workflows/${name}.yml`)), []);
  });

  for (const name of ['deploy-azure-vm', 'deploy-azure-container-apps']) {
    test(`${name}.yml begins after a green CI of the same commit of main alone`, () => {
      const text = read(`.github/workflows/${name}.yml`);
      assert.match(ci, /^name: CI$/m);
      assert.deepEqual(flawsOfDeploying(text), []);
      assert.deepEqual(flawsOfLookUp(text), []);
      assertFound(text, DEPLOYED, flawsOfDeploying);
    });
  }

  test('the gate of a deployment asks for a green CI of that commit, and is closed where there is none', () => {
    assertFound(read('.github/workflows/deploy-azure-vm.yml'), LOOKED_UP, flawsOfLookUp);
  });
});

function read(name: string): string {
  return readFileSync(path.join(root, name), 'utf8');
}

function assertFound(sound: string, plants: readonly Plant[], flawsOf: (text: string) => string[]): void {
  for (const [flaw, plant] of plants) {
    assert.notEqual(plant(sound), sound, `${flaw} is not planted`);
    assert.match(flawsOf(plant(sound)).join('\n'), flaw);
  }
}

/** The scan and the tag of the job that publishes, which is the last one. */
function swapLastSteps(text: string): string {
  const steps = text.split(/^(?= {6}- )/m);
  const [scan = '', tag = ''] = steps.slice(-2);
  return [...steps.slice(0, -2), tag, scan].join('');
}
