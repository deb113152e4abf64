import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { jobsOf, scriptsOf, stepsOf, valueOf, type Job } from './workflow-text.ts';

type Context = Record<string, unknown>;
/** In words, and what GitHub knows then. */
type Case = readonly [string, Context];

const MAIN = 'refs/heads/main';
const SHA = '0123456789abcdef0123456789abcdef01234567';
const PUSH = { event_name: 'push', ref: MAIN };
const REGISTRY = { AZURE_CONTAINER_REGISTRY: 'registry' };
const NOT_PUSHED: readonly Case[] = [
  ['of another branch', { github: { ...PUSH, ref: 'refs/heads/other' }, vars: REGISTRY }],
  ['of a tag', { github: { ...PUSH, ref: 'refs/tags/main' }, vars: REGISTRY }],
  ['of a pull request', { github: { event_name: 'pull_request', ref: 'refs/pull/1/merge' }, vars: REGISTRY }],
  ['of a run by hand', { github: { ...PUSH, event_name: 'workflow_dispatch' }, vars: REGISTRY }],
];

/** How an image could get into the registry from elsewhere than main, unknown to CI, unscanned, or nameless. */
export function flawsOfPublishing(text: string): string[] {
  const jobs = jobsOf(text);
  return jobs.flatMap((job) => {
    if (!pushes(job.text)) return [];
    const flaws = NOT_PUSHED.filter(([, context]) => runs(job, context)).map(
      ([what]) => `${job.name}: pushes the image ${what}`,
    );
    if (!runs(job, { github: PUSH, vars: REGISTRY })) flaws.push(`${job.name}: never pushes`);
    const awaited: readonly string[] = valueOf(job, 'needs')?.match(/[\w-]+/g) ?? [];
    const others = jobs.map(({ name }) => name).filter((name) => name !== job.name);
    const early = others.filter((name) => !awaited.includes(name));
    if (early.length > 0) flaws.push(`${job.name}: does not wait for ${early.join(', ')}`);
    for (const { name, text: other } of jobs) {
      const lenient = /\bcontinue-on-error: (?!false)|\bfail-build: (?!true)/.exec(other)?.[0];
      if (lenient !== undefined) flaws.push(`${name}: ${lenient}…: what fails there is pushed all the same`);
    }
    return [...flaws, ...flawsOfSteps(job)];
  });
}

function flawsOfSteps(job: Job): string[] {
  const steps = stepsOf(job);
  const at = steps.findIndex(pushes);
  const build = steps[at] ?? '';
  const id = /^ +(?:- )?id: (\S+)$/m.exec(build)?.[1] ?? '';
  const flaws: string[] = [];
  for (const name of ['VERSION', 'REVISION', 'CREATED']) {
    if (!new RegExp(`^ +${name}=\\$\\{\\{ .+ \\}\\}$`, 'm').test(build))
      flaws.push(`${job.name}: ${name} of the image is left at its default`);
  }
  for (const what of ['provenance: mode=max', 'sbom: true']) {
    if (!build.includes(what)) flaws.push(`${job.name}: the image is built without ${what}`);
  }
  if (!build.includes('push-by-digest=true') || /^ +tags:/m.test(build))
    flaws.push(`${job.name}: the image has a tag before it was scanned`);
  const scan = steps.findIndex(
    (step) =>
      step.includes('uses: anchore/scan-action@') && step.includes(`@\${{ steps.${id}.outputs.digest }}`),
  );
  const tag = steps.findIndex((step) => step.includes('imagetools create --tag'));
  if (/^ +(?:- )?if: /m.test(steps.slice(at).join('')))
    flaws.push(`${job.name}: a step may be done though one before it failed, or be left out`);
  if (scan < at || (tag !== -1 && tag < scan))
    flaws.push(`${job.name}: what was pushed is not scanned by its digest before it has its tag`);
  if (!steps[tag]?.includes(`\${{ steps.${id}.outputs.digest }}`))
    flaws.push(`${job.name}: the tag is not that of the digest which was scanned`);
  return flaws;
}

/** How a deployment could begin without a green CI of its very commit on main. */
export function flawsOfDeploying(text: string): string[] {
  const jobs = jobsOf(text);
  const gate = jobs.find(({ name }) => name === 'gate');
  if (!gate) return ['there is no job gate'];
  const flaws = /^ {2}workflow_run:\n {4}workflows: \[CI\]\n {4}types: \[completed\]\n/m.test(text)
    ? []
    : ['it does not come after CI'];
  const kind = /DEPLOY_TO == '([\w-]+)'/.exec(gate.text)?.[1] ?? '';
  const { open, closed } = casesOf(kind);
  for (const [what, context] of open) if (!runs(gate, context)) flaws.push(`gate: closed ${what}`);
  for (const [what, context] of closed) if (runs(gate, context)) flaws.push(`gate: open ${what}`);
  for (const job of jobs.filter((each) => each !== gate)) {
    if (valueOf(job, 'needs') !== 'gate' || valueOf(job, 'if') !== undefined)
      flaws.push(`${job.name}: does not wait for the gate`);
    if (valueOf(job, 'environment') === undefined) flaws.push(`${job.name}: has no environment`);
    const passed = '${{ needs.gate.outputs.sha }}';
    if (!job.text.includes(` ref: ${passed}`) || !job.text.includes(` SHA: ${passed}`))
      flaws.push(`${job.name}: takes another commit than the gate let through`);
  }
  return flaws;
}

function casesOf(kind: string): { open: Case[]; closed: Case[] } {
  const repository = 'owner/lms';
  const run = { conclusion: 'success', event: 'push', head_repository: { full_name: repository } };
  const after = (of: Context, more: Context = {}): Context => {
    const workflowRun = { ...run, ...of };
    const github = {
      event_name: 'workflow_run',
      ref: MAIN,
      repository,
      event: { workflow_run: workflowRun },
    };
    return { github: { ...github, ...more }, vars: { DEPLOY_TO: kind } };
  };
  const byHand = { event_name: 'workflow_dispatch', event: {} };
  return {
    open: [
      ['after a green CI of main', after({})],
      ['by hand on main', after({}, byHand)],
    ],
    closed: [
      ['after a CI that failed', after({ conclusion: 'failure' })],
      ['after a CI that was cancelled', after({ conclusion: 'cancelled' })],
      ['after a CI of a pull request', after({ event: 'pull_request' })],
      ['after a CI of a fork', after({ head_repository: { full_name: 'stranger/lms' } })],
      ['by hand on another branch', after({}, { ...byHand, ref: 'refs/heads/other' })],
      ['where another way of deploying is chosen', { ...after({}), vars: { DEPLOY_TO: 'another' } }],
    ],
  };
}

/** Runs the script of the gate as GitHub does, with a `gh` that tells of so many green runs, and notes what it is asked. */
export function flawsOfLookUp(text: string): string[] {
  const gate = jobsOf(text).find(({ name }) => name === 'gate');
  const [script = ''] = scriptsOf(gate?.text ?? '');
  const folder = mkdtempSync(path.join(tmpdir(), 'lms-gate-'));
  const output = path.join(folder, 'output');
  const asked = path.join(folder, 'asked');
  writeFileSync(path.join(folder, 'gh'), '#!/bin/sh\necho "$*" >>"$ASKED"\necho "$GREEN"\n', { mode: 0o755 });
  const passes = (sha: string, green: string): boolean => {
    for (const file of [output, asked]) writeFileSync(file, '');
    const PATH = `${folder}${path.delimiter}${process.env['PATH']}`;
    const env = { PATH, SHA: sha, GREEN: green, ASKED: asked, GITHUB_OUTPUT: output };
    const ran = spawnSync('bash', ['-e', '-c', script], { env: { ...env, GITHUB_REPOSITORY: 'owner/lms' } });
    return ran.status === 0 && readFileSync(output, 'utf8') === `sha=${sha}\n`;
  };
  try {
    const flaws: string[] = [];
    if (passes('main', '1')) flaws.push('gate: takes what is no commit');
    if (passes(SHA, '0')) flaws.push('gate: open for a commit that has no green CI');
    if (!passes(SHA, '1')) flaws.push('gate: closed for a commit with a green CI');
    const question = readFileSync(asked, 'utf8');
    const said = ['ci.yml/runs?', `head_sha=${SHA}`, 'branch=main', 'event=push', 'status=success'];
    const unsaid = said.filter((each) => !question.includes(each));
    if (unsaid.length > 0) flaws.push(`gate: does not look for ${unsaid.join(', ')}`);
    return flaws;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pushes(text: string): boolean {
  return /^ +push: true$|\bpush=true\b|\bdocker push\b/m.test(text);
}

/** GitHub's operators mean in these conditions what JavaScript's do. One with more, as always(), counts as open. */
function runs(job: Job, context: Context): boolean {
  try {
    return Boolean(runInNewContext(valueOf(job, 'if') ?? 'true', structuredClone(context)));
  } catch {
    return true;
  }
}
