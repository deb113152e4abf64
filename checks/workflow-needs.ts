import type { AllowedSkip, Need, RunName } from '../test/runner/outcome.ts';
import { jobsOf, scriptsOf } from './workflow-text.ts';

/** By what a script or a job gets it; null where it is there without. */
const GOT_BY: Record<Need, RegExp | null> = {
  // Of the machines of GitHub, as the list of what is installed on ubuntu-24.04 has it.
  Linux: null,
  chromium: null,
  docker: null,
  // Who runs it, which is looked at over all jobs.
  root: null,
  'another user than root': null,
  azurite: /npm ci --prefix test\/azurite/,
  clamd: /\bclamav-daemon\b/,
  history: /fetch-depth: 0/,
  // From PyPI where Ubuntu's is older than the server.
  'postgresql-client': /\bpython3\b/,
  prometheus: /\bprometheus\b(?!-)/,
  'prometheus-alertmanager': /\bprometheus-alertmanager\b/,
  ps: /\bprocps\b/,
  python3: /\bpython3\b(?!-)/,
  'python3-venv': /\bpython3-venv\b/,
  'redis-server': /\bredis-server\b/,
};
const COMMANDS: Record<RunName, RegExp> = {
  tests: /(?:npm test|node test\/run\.ts)(?! --)/,
  faults: /npm run test:faults/,
  containers: /npm run test:containers/,
};
const RUNS = Object.keys(COMMANDS) as RunName[];

/**
 * What `test/skips.json` says a run in CI has, and a job of the workflow that runs it does not get: its tests would be
 * skipped there, and fail it. What only root, or only another user, can be shown must be run by one of them at least.
 */
export function needsUnmet(workflow: string, skips: readonly AllowedSkip[]): string[] {
  const jobs = jobsOf(workflow).map((job) => ({ ...job, scripts: scriptsOf(job.text) }));
  return RUNS.flatMap((run) => {
    const running = jobs.flatMap(({ name, text, scripts }) => {
      const script = scripts.find((each) => COMMANDS[run].test(each));
      return script === undefined ? [] : [{ name, text, isRoot: /\bsudo\b/.test(script) }];
    });
    if (running.length === 0) return [`no job runs the ${run}`];
    const needed = neededBy(run, skips);
    const missing = running.flatMap(({ name, text }) =>
      missingIn(text, needed).map((need) => `job ${name}: ${need} is not installed, and its tests need it`),
    );
    const users = new Set<Need>(running.map(({ isRoot }) => (isRoot ? 'root' : 'another user than root')));
    const wanted = needed.filter((need) => need === 'root' || need === 'another user than root');
    const lacking = wanted.filter((need) => !users.has(need));
    return [...missing, ...lacking.map((user) => `the ${run} are never run by ${user}`)];
  });
}

/** What of it a text that installs things does not install. */
export function missingIn(text: string, needed: readonly Need[]): Need[] {
  // A package is named between others, not in a comment.
  const said = text.replaceAll(/^\s*#.*$/gm, '');
  return needed.filter((need) => GOT_BY[need] !== null && !GOT_BY[need].test(said));
}

/** What the tests of a run need where none of them may be skipped. */
export function neededBy(run: RunName, skips: readonly AllowedSkip[]): Need[] {
  const demanded = skips.filter((entry) => (entry.run ?? 'tests') === run && !entry.allowedInCi);
  return [...new Set(demanded.flatMap(({ needs }) => needs))];
}
