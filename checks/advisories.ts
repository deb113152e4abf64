// Command: asks the registry what is known against the packages, and whether their signatures are right. It has 30 s. What
// could not be asked is said to be so and counted as skipped, never as passed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { readSignatures, readVulnerabilities, type Verdict } from './advisories-verdict.ts';

const TIMEOUT_MS = Number(process.env['ADVISORIES_TIMEOUT_MS'] ?? 30_000);

async function npm(...args: string[]): Promise<{ output: string; isLate: boolean }> {
  const child = spawn('npm', [...args, '--fetch-retries=0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  clearTimeout(timer);
  return { output: output || errors, isLate: child.signalCode === 'SIGKILL' };
}

function late(): Verdict {
  return { result: 'not reached', note: `no answer within ${TIMEOUT_MS / 1000} s` };
}

const [known, signed] = await Promise.all([npm('audit', '--json'), npm('audit', 'signatures', '--json')]);
const verdicts: [string, Verdict][] = [
  ['known vulnerabilities of high or above', known.isLate ? late() : readVulnerabilities(known.output)],
  ['signatures', signed.isLate ? late() : readSignatures(signed.output)],
];
for (const [name, { result, note }] of verdicts) console.log(`${result.padEnd(11)}  ${name}: ${note}`);
const count = (wanted: Verdict['result']) => verdicts.filter(([, { result }]) => result === wanted).length;
console.log(`\n${count('ok')} passed, ${count('FAILED')} failed, ${count('not reached')} skipped`);
process.exitCode = count('FAILED') > 0 ? 1 : 0;
