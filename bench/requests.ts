import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Request } from 'autocannon';
import { cases, type Case } from './cases.ts';
import { startRole, type Bench, type Program } from './environment.ts';
import type { FloorInput } from './floor-input.ts';
import { median, run, type Round } from './load.ts';
import { record, type Statement } from './record.ts';
import { password, reset, type World } from './seed.ts';

export type Measured = {
  name: string;
  kind: Case['kind'];
  ours: Round;
  floor: Round;
  /** Ours to the floor in requests a second: of pairs of rounds the median. */
  ratio: number;
};
/** `once`: how many requests that can be sent once a round has. */
export type Rounds = { count: number; seconds: number; once: number };
export type Target = { name: string; url: string; requests: (each: Case) => Request[]; databaseUrl: string };

const poolSize = 10;

/** Measures every case beside the floor: round by round in turn, so that a noise of the machine meets both. */
export async function measureRequests(
  bench: Bench,
  databaseUrl: string,
  world: World,
  rounds: Rounds,
  only: readonly string[] = cases.map(({ name }) => name),
): Promise<Measured[]> {
  const statements = await record(databaseUrl, world);
  await reset(databaseUrl, world);
  const api = await startRole(bench, 'api', databaseUrl, { DATABASE_POOL_SIZE: String(poolSize) });
  const floor = await startFloor(bench, databaseUrl, world, statements);
  const ours = targetOf('ours', api, databaseUrl, world);
  const theirs: Target = {
    name: 'floor',
    url: floor.url,
    databaseUrl,
    requests: (each) =>
      world.learners.map((_, learner) => ({
        method: cases.indexOf(each) === 0 || each.kind === 'read' ? 'GET' : 'POST',
        path: `/${cases.indexOf(each)}/${learner}`,
      })),
  };
  const measured: Measured[] = [];
  for (const each of cases.filter(({ name }) => only.includes(name))) {
    const [one, other] = await alternate(each, [ours, theirs], world, rounds);
    if (!one || !other) throw new Error('Nothing was measured.');
    measured.push({
      name: each.name,
      kind: each.kind,
      ours: middle(one),
      floor: middle(other),
      ratio: median(one.map(({ perSecond }, index) => perSecond / (other[index]?.perSecond ?? 0))),
    });
  }
  await api.stop();
  await floor.stop();
  return measured;
}

export function targetOf(name: string, program: Program, databaseUrl: string, world: World): Target {
  return {
    name,
    url: program.url,
    databaseUrl,
    requests: (each) => world.learners.map((learner) => each.request(world, learner)),
  };
}

/** Rounds of each target in turn, after one of each that is not counted. */
export async function alternate(
  each: Case,
  targets: readonly Target[],
  world: World,
  { count, seconds, once }: Rounds,
): Promise<Round[][]> {
  const results: Round[][] = targets.map(() => []);
  for (let round = -1; round < count; round += 1) {
    // First one first, then the other: what a round leaves behind weighs on both.
    const order = [...targets.entries()];
    for (const [index, target] of round % 2 === 0 ? order : order.toReversed()) {
      const requests = target.requests(each).slice(0, each.amount ?? once);
      const isCounted = each.isOnce || each.amount !== undefined;
      const how = isCounted ? 'each once' : { seconds: round < 0 ? Math.min(seconds, 1) : seconds };
      const result = await run(target.url, requests, how);
      if (each.isOnce) await reset(target.databaseUrl, world);
      if (round >= 0) results[index]?.push(result);
    }
  }
  return results;
}

export function middle(rounds: readonly Round[]): Round {
  const of = (pick: (round: Round) => number) => median(rounds.map(pick));
  return {
    perSecond: of((round) => round.perSecond),
    p50: of((round) => round.p50),
    p99: of((round) => round.p99),
    count: rounds.reduce((sum, { count }) => sum + count, 0),
  };
}

function startFloor(
  bench: Bench,
  databaseUrl: string,
  world: World,
  recorded: Record<string, Statement[]>,
): Promise<Program> {
  const file = path.join(bench.folder, 'floor.json');
  const input: FloorInput = {
    databaseUrl,
    poolSize,
    statements: Object.fromEntries(
      Object.entries(recorded).map(([name, statements]) => [
        name,
        statements.map(({ text, values }) => ({ text, values: values.map((value) => stored(value, world)) })),
      ]),
    ),
    learners: world.learners.map(({ token: _, ...words }) => Object.values(words)),
    password,
  };
  writeFileSync(file, JSON.stringify(input));
  return bench.startProgram('bench/floor.ts', [file], {});
}

// An id that begins with a time of today was made for the request: those of the seeds are no UUIDv7.
function stored(value: unknown, world: World): unknown {
  if (Buffer.isBuffer(value)) return { bytes: value.length };
  if (Array.isArray(value)) return value.map((item) => stored(item, world));
  if (typeof value !== 'string' || !/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(value)) return value;
  const madeAt = Number.parseInt(value.slice(0, 13).replace('-', ''), 16);
  const isKnown = JSON.stringify(world).includes(value) || Math.abs(madeAt - Date.now()) > 60_000;
  return isKnown ? value : { fresh: value };
}
