import pg from 'pg';
import { cases } from './cases.ts';
import { query, startRole, type Bench } from './environment.ts';
import { median, type Round } from './load.ts';
import { record, type Statement } from './record.ts';
import { alternate, middle, targetOf, type Rounds } from './requests.ts';
import { addLearners, reset, totalsSql, type World } from './seed.ts';

export type Growth = {
  learners: { small: number; large: number };
  progressRows: { small: number; large: number };
  loadedInSeconds: number;
  /** `factor`: how many times slower on the large one. */
  cases: { name: string; small: Round; large: Round; factor: number }[];
  /** By case, the plans of its statements on the large database. */
  plans: Record<string, string[]>;
};

/** Measures the API on the small database and on a copy of it that is filled up to `learners`, in turn. */
export async function measureGrowth(
  bench: Bench,
  small: string,
  world: World,
  { learners, rounds }: { learners: number; rounds: Rounds },
): Promise<Growth> {
  const large = await bench.createDatabase('large', 'small');
  // What the recording leaves in the small one is not in the large, where the statements are explained.
  const statements = await record(small, world);
  await reset(small, world);
  const start = performance.now();
  // In parts, as no single transaction should be this large.
  for (let from = world.learners.length; from < learners; from += 10_000)
    await addLearners(large, from, Math.min(from + 10_000, learners));
  await query(large, totalsSql);
  await query(large, 'vacuum (analyze, parallel 0)');
  const loadedInSeconds = (performance.now() - start) / 1_000;
  const few = await startRole(bench, 'api', small);
  const many = await startRole(bench, 'api', large);
  const targets = [targetOf('small', few, small, world), targetOf('large', many, large, world)];
  const results: Growth['cases'] = [];
  for (const each of cases) {
    const [one = [], other = []] = await alternate(each, targets, world, rounds);
    const factors = one.map(({ perSecond }, index) => perSecond / (other[index]?.perSecond ?? 0));
    results.push({ name: each.name, small: middle(one), large: middle(other), factor: median(factors) });
  }
  await few.stop();
  await many.stop();
  const found: Growth = {
    learners: { small: world.learners.length, large: learners },
    progressRows: { small: await countProgress(small), large: await countProgress(large) },
    loadedInSeconds,
    cases: results,
    plans: await explain(large, statements),
  };
  // Its vacuum would go on beside what is measured next.
  await bench.dropDatabase('large');
  return found;
}

async function countProgress(databaseUrl: string): Promise<number> {
  const [row] = await query<{ count: string }>(databaseUrl, 'select count(*) as count from lesson_progress');
  return Number(row?.count);
}

/** The plans as PostgreSQL makes them for the first learner; what the statements do is undone. */
async function explain(
  databaseUrl: string,
  statements: Record<string, Statement[]>,
): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const plans: Record<string, string[]> = {};
  try {
    for (const [name, list] of Object.entries(statements)) plans[name] = await explainAll(client, list);
  } finally {
    await client.end();
  }
  return plans;
}

async function explainAll(client: pg.Client, statements: readonly Statement[]): Promise<string[]> {
  const plans: string[] = [];
  await client.query('begin');
  for (const { text, values } of statements.filter((each) => each.text.includes(' '))) {
    const explained = await client.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, costs off, timing off, buffers) ${text}`,
      [...values],
    );
    plans.push(explained.rows.map((row) => row['QUERY PLAN']).join('\n'));
  }
  await client.query('rollback');
  return plans;
}
