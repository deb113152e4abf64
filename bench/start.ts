import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Bench } from './environment.ts';

/** From `npm start` to the first 200 of `ready`; what npm and the program, without PostgreSQL, took of a processor for it. */
export type Start = { seconds: number; cpuSeconds: number };
export type StartFigures = { rounds: number; first: Start; later: Start };

/** `npm start` on the embedded database without the demo academy: with a new data folder, and once more with the same one. */
export async function measureStarts(bench: Bench, rounds: number): Promise<StartFigures> {
  const first: Start[] = [];
  const later: Start[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = path.join(bench.folder, 'started');
    first.push(await measureStart(bench, folder));
    later.push(await measureStart(bench, folder));
    rmSync(folder, { recursive: true, maxRetries: 5 });
  }
  return { rounds, first: bestOf(first), later: bestOf(later) };
}

async function measureStart(bench: Bench, dataDir: string): Promise<Start> {
  const startedAt = performance.now();
  const program = await bench.startByNpm({ DATA_DIR: dataDir, DEMO_MODE: 'false' });
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpuSeconds = cpuSecondsOfGroup(program.pid);
  await program.stop();
  return { seconds, cpuSeconds };
}

// Of a second: what /proc counts in, on all that Node runs on.
const ticks = 100;

/** Of the processes that live, and of those of theirs that have ended. */
function cpuSecondsOfGroup(group: number): number {
  let used = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [, , ofGroup, ...more] = statOf(pid);
    if (Number(ofGroup) === group) used += more.slice(8, 12).reduce((sum, text) => sum + Number(text), 0);
  }
  return used / ticks;
}

/** The fields of /proc/PID/stat from the third on, the state; none of a process that has ended meanwhile. */
function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}

function bestOf(starts: readonly Start[]): Start {
  return {
    seconds: Math.min(...starts.map(({ seconds }) => seconds)),
    cpuSeconds: Math.min(...starts.map(({ cpuSeconds }) => cpuSeconds)),
  };
}
