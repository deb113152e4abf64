import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '#test/client.ts';
import { ok } from '#test/loop.ts';
import { cases } from './cases.ts';
import { query, startRole, type Bench } from './environment.ts';
import { run } from './load.ts';
import type { World } from './seed.ts';

/** In bytes, of the program alone: PostgreSQL runs beside it. */
export type MemoryFigures = {
  idle: number;
  afterLoad: number;
  /** With 30 certificates drawn. */
  afterCertificates: number;
  /** And two quiet minutes later. */
  atRest: number;
};
export type Soak = {
  minutes: number;
  first: number;
  last: number;
  bytesPerMinute: number;
  /** Two quiet minutes later. */
  atRest: number;
  /** What JavaScript holds, before the load and at rest after it: what would leak. */
  heap: { before: number; atRest: number };
};

/** What a process holds in memory (`VmRSS`). */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}

export async function measureMemory(
  bench: Bench,
  databaseUrl: string,
  world: World,
  { restSeconds, seconds }: { restSeconds: number; seconds: number },
): Promise<MemoryFigures> {
  const program = await startRole(bench, 'all', databaseUrl);
  await sleep(15_000);
  const idle = residentBytes(program.pid);
  for (const each of cases.filter(({ isOnce }) => !isOnce))
    await run(
      program.url,
      world.learners.map((learner) => each.request(world, learner)),
      { seconds },
    );
  const afterLoad = residentBytes(program.pid);
  await drawCertificates(program.url, databaseUrl, world, 30);
  const afterCertificates = residentBytes(program.pid);
  await sleep(restSeconds * 1_000);
  const atRest = residentBytes(program.pid);
  await program.stop();
  return { idle, afterLoad, afterCertificates, atRest };
}

/** Keeps it under load for so long, and fits a line through what it held from the third minute on. */
export async function soak(bench: Bench, databaseUrl: string, world: World, minutes: number): Promise<Soak> {
  const program = await startRole(bench, 'all', databaseUrl);
  await sleep(15_000);
  const before = await heapBytes(program.url);
  const points: { minute: number; bytes: number }[] = [];
  const start = performance.now();
  const minute = () => (performance.now() - start) / 60_000;
  while (minute() < minutes) {
    for (const each of cases.filter(({ isOnce }) => !isOnce)) {
      const requests = world.learners.map((learner) => each.request(world, learner));
      const how = each.amount === undefined ? { seconds: 1 } : 'each once';
      await run(program.url, requests.slice(0, each.amount), how);
    }
    // What is under way when a round ends, such as the hashing of passwords, holds much for a moment.
    await sleep(2_000);
    points.push({ minute: minute(), bytes: residentBytes(program.pid) });
  }
  await sleep(120_000);
  const heap = { before, atRest: await heapBytes(program.url) };
  const atRest = residentBytes(program.pid);
  await program.stop();
  const settled = points.filter((point) => point.minute >= Math.min(2, minutes / 2));
  return {
    minutes,
    first: settled[0]?.bytes ?? 0,
    last: settled.at(-1)?.bytes ?? 0,
    bytesPerMinute: slopeOf(settled),
    atRest,
    heap,
  };
}

async function heapBytes(url: string): Promise<number> {
  const figures = await (await fetch(`${url}/metrics`)).text();
  return Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(figures)?.[1]);
}

function slopeOf(points: readonly { minute: number; bytes: number }[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(({ minute }) => minute));
  const y = mean(points.map(({ bytes }) => bytes));
  const rise = points.reduce((sum, point) => sum + (point.minute - x) * (point.bytes - y), 0);
  return rise / points.reduce((sum, point) => sum + (point.minute - x) ** 2, 0);
}

/** Has learners complete the course, whose last required lesson is a text, and waits for their certificates. */
async function drawCertificates(
  url: string,
  databaseUrl: string,
  world: World,
  count: number,
): Promise<void> {
  const api = createClient(`${url}/api/v1`);
  const { course } = world;
  const learners = world.learners.slice(500, 500 + count);
  await query(
    databaseUrl,
    `insert into lesson_progress (enrollment_id, lesson_id, completed_at, first_seen_at, updated_at)
     select enrollment.id, lesson.id, now(), now(), now() from enrollment join lesson using (course_id)
     where enrollment.id = any ($1::uuid[]) and lesson.id <> $2
     on conflict (enrollment_id, lesson_id) do update set completed_at = now()`,
    [learners.map(({ enrollmentId }) => enrollmentId), course.textId],
  );
  await query(databaseUrl, `delete from lesson_progress where lesson_id = $1`, [course.textId]);
  for (const { enrollmentId, token } of learners)
    await ok(api.put(`/enrollments/${enrollmentId}/lessons/${course.textId}/completion`, {}, token), 200);
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const [row] = await query<{ count: string }>(
      databaseUrl,
      'select count(*) as count from certificate_pdf',
    );
    if (Number(row?.count) >= count) return;
    await sleep(200);
  }
  throw new Error('The certificates did not come.');
}
