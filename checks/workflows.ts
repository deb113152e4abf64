import { scriptsOf } from './workflow-text.ts';

const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+(?:\.\d+)*$/;

/**
 * What in the text of a workflow lets others in, beyond what actionlint finds: actions that may change under our
 * feet, more rights than are needed, texts of strangers that a shell would run, secrets instead of a log-in by OIDC.
 */
export function flawsOf(text: string): string[] {
  const flaws: string[] = [];
  for (const [, action = ''] of text.matchAll(/\buses: *(.+)/g)) {
    if (!PINNED.test(action.trim())) flaws.push(`${action}: not pinned by commit, with its tag beside it`);
  }
  for (const script of scriptsOf(text)) {
    const expression = /\$\{\{.*?\}\}/.exec(script)?.[0];
    if (expression)
      flaws.push(`${expression} inside run: hand it over in env, or its text becomes a part of the program`);
  }
  if (/\bpull_request_target\b/.test(text))
    flaws.push('pull_request_target runs code of strangers with our rights');
  if (!/^permissions:\n  contents: read\n(?! )/m.test(text) || /write-all/.test(text)) {
    flaws.push('permissions: begin with contents: read alone, and add to a job what it needs');
  }
  if (!/^concurrency:/m.test(text)) flaws.push('concurrency: two runs get into each other’s way');
  const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
  if (count(/^ {4}runs-on:/gm) > count(/^ {4}timeout-minutes:/gm)) {
    flaws.push('timeout-minutes: a job that hangs costs six hours');
  }
  if (count(/uses: actions\/checkout@/g) > count(/^ +persist-credentials: false$/gm)) {
    flaws.push('persist-credentials: false, or every later step can push');
  }
  const secret = /\bsecrets\.(?!GITHUB_TOKEN\b)\w+/.exec(text)?.[0];
  if (secret) flaws.push(`${secret}: a stored password; log in by OIDC`);
  return flaws;
}
