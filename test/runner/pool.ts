import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestRecord } from './outcome.ts';
import type { Unit } from './units.ts';

export type PoolOptions = {
  root: string;
  /** For the records of each unit. */
  folder: string;
  environment: NodeJS.ProcessEnv;
  /** Of node, beside what makes and reports tests. */
  options: readonly string[];
  testTimeoutMs: number;
  concurrency: number;
  /** Ends what runs and begins nothing more. */
  signal: AbortSignal;
};

export type UnitResult = { records: TestRecord[]; complaint?: string };

const summary = /^ℹ (?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) .*\n/gm;

/** Runs each unit in a process of its own, several at a time. What one prints is shown whole, when it has ended. */
export async function runUnits(units: readonly Unit[], options: PoolOptions): Promise<UnitResult[]> {
  const results: UnitResult[] = [];
  const waiting = units.map((unit, index) => ({ unit, index }));
  const work = async () => {
    for (let next = waiting.shift(); next && !options.signal.aborted; next = waiting.shift())
      results[next.index] = await runUnit(next.unit, next.index, options);
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return results.filter(Boolean);
}

async function runUnit(unit: Unit, index: number, options: PoolOptions): Promise<UnitResult> {
  const recordsFile = path.join(options.folder, `records-${index}`);
  writeFileSync(recordsFile, '');
  const script = path.join(import.meta.dirname, 'run-unit.ts');
  const args = [...options.options, script, recordsFile, String(options.testTimeoutMs), ...unit];
  const child = spawn(process.execPath, args, {
    cwd: options.root,
    env: { ...options.environment, LMS_TEST_FILES: unit.join(' ') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = gathered(child);
  // A test has its time; what the process does beside them, or after them, has as much again.
  const late = AbortSignal.timeout(options.testTimeoutMs * 2);
  const stop = AbortSignal.any([late, options.signal]);
  const kill = () => endSoon(child);
  stop.addEventListener('abort', kill, { once: true });
  await once(child, 'close');
  stop.removeEventListener('abort', kill);
  process.stdout.write(output().replaceAll(summary, ''));
  const lines = readFileSync(recordsFile, 'utf8').split('\n').filter(Boolean);
  // A file without tests may be reported as one that passed and is called like the file.
  const isTest = ({ name, file }: TestRecord) => path.resolve(options.root, name) !== file;
  const records = lines.map((line) => JSON.parse(line) as TestRecord).filter(isTest);
  const complaint = late.aborted
    ? `${unit.join(', ')}: the process did not end`
    : complaintOf(unit, records, child, options.root);
  return { records, ...(complaint !== undefined && { complaint }) };
}

function complaintOf(
  unit: Unit,
  records: readonly TestRecord[],
  { exitCode, signalCode }: ChildProcess,
  root: string,
): string | undefined {
  if (exitCode !== 0 && records.every(({ hasPassed }) => hasPassed))
    return `${unit.join(', ')}: node --test ended with ${exitCode ?? signalCode}`;
  const found = new Set(records.map(({ file }) => file));
  const empty = unit.filter((file) => !found.has(path.resolve(root, file)));
  return exitCode === 0 && empty.length > 0 ? `${empty.join(', ')}: no test in it` : undefined;
}

function gathered(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

function endSoon(child: ChildProcess): void {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  child.once('exit', () => clearTimeout(timer));
}
