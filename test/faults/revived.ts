import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchProgram, untilReady, type Program, type ProgramOptions } from '#test/program.ts';

/** A role that something starts again whenever it ends, as systemd or Kubernetes does. */
export type Revived = {
  role: string;
  /** Of the process that lives now; empty until it listens. */
  baseUrl(): string;
  /** `kill -9`; another starts at once. */
  kill(): Promise<void>;
  /** Waits until the one that lives now is ready. */
  ready(): Promise<void>;
  kills(): number;
  /** All of its processes, the first first. */
  programs: readonly Program[];
};

export function startRevived(
  t: TestContext,
  args: readonly [string, ...string[]],
  options: ProgramOptions,
): Revived {
  const programs: Program[] = [];
  const expected = new Set<Program>();
  let kills = 0;
  const current = (): Program => {
    const program = programs.at(-1);
    if (!program) throw new Error('never started');
    return program;
  };
  const start = () => void programs.push(launchProgram(t, args, options));
  start();
  return {
    role: args[0],
    baseUrl: () => (current().address === '' ? '' : current().baseUrl),
    async kill() {
      const program = current();
      if (!program.isRunning())
        throw new Error(`${args[0]} ended by itself: ${program.stdout()}${program.stderr()}`);
      kills += 1;
      expected.add(program);
      await program.kill();
      start();
    },
    async ready() {
      await untilReady(current(), 60_000);
      const fallen = programs.filter((program) => !expected.has(program) && !program.isRunning());
      if (fallen.length > 0) throw new Error(`${args[0]} ended by itself: ${fallen[0]?.stdout()}`);
    },
    kills: () => kills,
    programs,
  };
}

/** Waits until a count is reached that grows by itself. */
export async function whenReached(count: () => number, wanted: number): Promise<void> {
  while (count() < wanted) await sleep(5);
}
