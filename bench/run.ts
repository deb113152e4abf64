// Command: `npm run bench [-- --quick] [-- --only=requests,growth,jobs,webhooks,streams,memory,start] [-- --soak=10]
// [-- --write] [-- --cases=outline,lesson]`. Starts a database and the programs, measures, prints tables, stops everything. `--quick` measures the
// requests and the start alone, and fails where a request became slower; `--write` keeps the ratios that it is held against.
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openBench, startRole, type Bench } from './environment.ts';
import { measureGrowth } from './growth.ts';
import { measureJobs } from './jobs.ts';
import { measureMemory, soak } from './memory.ts';
import { findSlower, writeRatios } from './ratios.ts';
import {
  growthTable,
  jobsTable,
  memoryTable,
  requestsTable,
  soakTable,
  startTable,
  streamsTable,
  webhooksTable,
} from './report.ts';
import { measureRequests, type Measured, type Rounds } from './requests.ts';
import { activeLearners, makeWorld, reset, type World } from './seed.ts';
import { measureStarts } from './start.ts';
import { measureStreams } from './streams.ts';
import { measureWebhooks } from './webhooks.ts';

type Setting = { bench: Bench; url: string; world: World };
const parts = ['requests', 'growth', 'jobs', 'webhooks', 'streams', 'memory', 'start'] as const;
const plansFile = path.join(import.meta.dirname, '..', 'docs', 'performance-plans.md');

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      only: { type: 'string' },
      soak: { type: 'string' },
      cases: { type: 'string' },
    },
  });
  const only = values.only?.split(',') ?? (values.quick ? ['requests', 'start'] : values.soak ? [] : parts);
  describeMachine();
  const bench = await openBench();
  const end = (signal: string) =>
    void bench.close().then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    tell('making courses and learners');
    const setting = await prepare(bench);
    if (values.soak) print(soakTable(await soak(bench, setting.url, setting.world, Number(values.soak))));
    const rounds = values.quick ? { count: 3, seconds: 1, once: 256 } : { count: 4, seconds: 2, once: 1_024 };
    const slower = only.includes('requests') ? await requests(setting, rounds, values) : 0;
    await others(setting, only);
    return slower;
  } finally {
    await bench.close();
  }
}

async function prepare(bench: Bench): Promise<Setting> {
  const url = await bench.createDatabase('small');
  const api = await startRole(bench, 'api', url);
  const world = await makeWorld(api.url, url, activeLearners);
  await api.stop();
  return { bench, url, world };
}

/** Answers how many cases are slower than committed: what seems so is measured again, twice and longer. */
async function requests(
  { bench, url, world }: Setting,
  rounds: Rounds,
  { quick, write, cases }: { quick: boolean; write: boolean; cases?: string },
): Promise<number> {
  tell('requests');
  const measured = await measureRequests(bench, url, world, rounds, cases?.split(','));
  print(requestsTable(measured));
  if (write) writeRatios(measured);
  if (!quick) return 0;
  let best = measured;
  for (let tries = 1; tries <= 2 && findSlower(best).length > 0; tries += 1) {
    const doubtful = findSlower(best).map(({ name }) => name);
    const again = await measureRequests(bench, url, world, { ...rounds, count: rounds.count * 2 }, doubtful);
    print(requestsTable(again));
    best = best.map((each) => better(each, again));
  }
  const slower = findSlower(best);
  for (const { name, ratio, committed } of slower)
    console.error(`${name}: ${ratio.toFixed(2)} of the floor, and ${committed} is committed.`);
  return slower.length;
}

function better(one: Measured, again: readonly Measured[]): Measured {
  const other = again.find(({ name }) => name === one.name);
  return other && other.ratio > one.ratio ? other : one;
}

async function others({ bench, url, world }: Setting, only: readonly string[]): Promise<void> {
  if (only.includes('growth')) {
    tell('growth');
    const sizes = { learners: 100_000, rounds: { count: 3, seconds: 2, once: 512 } };
    const growth = await measureGrowth(bench, url, world, sizes);
    print(growthTable(growth));
    writeFileSync(plansFile, plansPage(growth.plans));
  }
  if (only.includes('jobs')) print(jobsTable(await measureJobs(url, { count: 10_000, rounds: 3 })));
  if (only.includes('webhooks')) print(webhooksTable(await measureWebhooks(bench, url, world, 5_000)));
  if (only.includes('memory')) {
    await reset(url, world);
    print(memoryTable(await measureMemory(bench, url, world, { restSeconds: 90, seconds: 2 })));
  }
  if (only.includes('start')) {
    tell('start');
    print(startTable(await measureStarts(bench, 3)));
  }
  if (only.includes('streams')) print(streamsTable(await measureStreams(bench, url, world, 5_000)));
}

function plansPage(plans: Record<string, string[]>): string {
  const sections = Object.entries(plans).map(
    ([name, list]) =>
      `## ${name}\n\n${list.map((plan) => `\`\`\`\n${plan}\n\`\`\`\n`).join('\n') || 'No statement.\n'}`,
  );
  return `# Query plans\n\nOf the measured requests on the large database, one block a statement, as \`npm run bench\` wrote them.\n\n${sections.join('\n')}`;
}

function describeMachine(): void {
  const memory = Math.round(totalmem() / 2 ** 30);
  print(
    `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'processor'}, ` +
      `${memory} GB, Node ${process.versions.node}; every commit on disk, 64 MB of shared buffers\n`,
  );
}

/** For whoever waits: the tables alone go to the output. */
function tell(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = await main();
