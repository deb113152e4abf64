// Command: `npm run check [part of a step's name…]` runs all steps, or those named, and goes on after a failure.
import { Skip } from './step.ts';
import type { Step } from './step.ts';
import { STEPS } from './steps.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const AT_ONCE = 2;
// Set where everything was installed: what is left out for lack of it fails.
const isStrict = process.env['CI_STRICT'] === '1';

type Outcome = 'passed' | 'failed' | 'skipped';

async function main(named: readonly string[]): Promise<number> {
  const waiting = STEPS.filter(({ name }) => named.length === 0 || named.some((part) => name.includes(part)));
  if (waiting.length === 0) throw new Error(`no step is called ${named.join(', ')}`);
  const counts: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };
  const bench = openWorkbench();
  try {
    const work = async (): Promise<void> => {
      for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
        counts[await outcomeOf(step, bench)] += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await bench.close();
  }
  const { passed, failed, skipped } = counts;
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}

async function outcomeOf(step: Step, bench: Workbench): Promise<Outcome> {
  const startedAt = performance.now();
  try {
    const note = await step.run(bench);
    console.log(`ok    ${seconds(startedAt)}  ${step.name}${note === undefined ? '' : ` (${note})`}`);
    return 'passed';
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof Skip && (error.allowedInCi || !isStrict)) {
      console.log(`skip  ${seconds(startedAt)}  ${step.name}: ${text}`);
      return 'skipped';
    }
    console.log(`FAIL  ${seconds(startedAt)}  ${step.name}\n${text.replaceAll(/^/gm, '      ')}`);
    return 'failed';
  }
}

function seconds(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
}

process.exitCode = await main(process.argv.slice(2));
