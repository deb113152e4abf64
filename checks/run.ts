// Command: `npm run check [part of a step's name…]` runs all steps, or those named, and goes on after a failure.
import { STEPS } from './steps.ts';
import type { Step } from './steps.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const AT_ONCE = 2;

async function main(named: readonly string[]): Promise<number> {
  const waiting = STEPS.filter(({ name }) => named.length === 0 || named.some((part) => name.includes(part)));
  if (waiting.length === 0) throw new Error(`no step is called ${named.join(', ')}`);
  const total = waiting.length;
  let failed = 0;
  const bench = openWorkbench();
  try {
    const work = async (): Promise<void> => {
      for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
        if (!(await hasPassed(step, bench))) failed += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await bench.close();
  }
  console.log(`\n${total - failed} passed, ${failed} failed, 0 skipped`);
  return failed === 0 ? 0 : 1;
}

async function hasPassed(step: Step, bench: Workbench): Promise<boolean> {
  const startedAt = performance.now();
  try {
    const note = await step.run(bench);
    console.log(`ok    ${seconds(startedAt)}  ${step.name}${note === undefined ? '' : ` (${note})`}`);
    return true;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    console.log(`FAIL  ${seconds(startedAt)}  ${step.name}\n${text.replaceAll(/^/gm, '      ')}`);
    return false;
  }
}

function seconds(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
}

process.exitCode = await main(process.argv.slice(2));
