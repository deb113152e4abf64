import type { Growth } from './growth.ts';
import type { JobFigures } from './jobs.ts';
import type { Round } from './load.ts';
import type { MemoryFigures, Soak } from './memory.ts';
import type { Measured } from './requests.ts';
import type { StartFigures } from './start.ts';
import type { StreamFigures } from './streams.ts';
import type { WebhookFigures } from './webhooks.ts';

const aims = { read: 0.6, write: 0.4 } as const;

export function requestsTable(measured: readonly Measured[]): string {
  return table(
    [
      'requests, 32 connections',
      'a second',
      'p50 ms',
      'p99 ms',
      'floor a second',
      'p50 ms',
      'p99 ms',
      'ratio',
      'aim',
    ],
    measured.map(({ name, kind, ours, floor, ratio }) => [
      name,
      ...cellsOf(ours),
      ...cellsOf(floor),
      ratio.toFixed(2),
      `${aims[kind]}${ratio < aims[kind] ? ' missed' : ''}`,
    ]),
  );
}

export function growthTable({ cases, learners, progressRows, loadedInSeconds }: Growth): string {
  const size = (count: keyof Growth['learners']) =>
    `${learners[count].toLocaleString('en')} learners, ${progressRows[count].toLocaleString('en')} progress rows`;
  const rows = cases.map(({ name, small, large, factor }) => [
    name,
    ...cellsOf(small),
    ...cellsOf(large),
    factor.toFixed(2),
    `1.5${factor > 1.5 ? ' missed' : ''}`,
  ]);
  const head = [
    'growth',
    'small a second',
    'p50 ms',
    'p99 ms',
    'large a second',
    'p50 ms',
    'p99 ms',
    'times slower',
  ];
  return `small: ${size('small')}; large: ${size('large')}, loaded in ${loadedInSeconds.toFixed(0)} s\n${table([...head, 'aim'], rows)}`;
}

export function jobsTable({ drained, startedAfter }: JobFigures): string {
  const rows = drained.map(({ concurrency, perSecond, floor }) => [
    `empty jobs a second, concurrency ${concurrency}`,
    round(perSecond),
    `${round(floor)} in a bare loop of ${concurrency}`,
    '5000',
  ]);
  return table(
    ['jobs', 'measured', 'beside', 'aim'],
    [
      ...rows,
      ['commit to start, p50', `${startedAfter.p50.toFixed(1)} ms`, '', ''],
      ['commit to start, p99', `${startedAfter.p99.toFixed(1)} ms`, '', '50 ms'],
    ],
  );
}

export function webhooksTable({ deliveries, perSecond }: WebhookFigures): string {
  return table(
    ['webhooks', 'a second', 'aim'],
    [[`${deliveries} deliveries to one receiver`, round(perSecond), '500']],
  );
}

export function streamsTable(figures: StreamFigures): string {
  return table(
    ['event streams', 'measured'],
    [
      [`opening ${figures.streams}`, `${figures.openedInSeconds.toFixed(1)} s`],
      ['memory each', `${round(figures.bytesEach / 1_024)} kB`],
      ['to reach all, found by looking', `${figures.allReachedInSeconds.toFixed(1)} s`],
      ['to reach one, p50', `${figures.toOne.p50.toFixed(0)} ms`],
      ['to reach one, p99', `${figures.toOne.p99.toFixed(0)} ms`],
    ],
  );
}

export function memoryTable(figures: MemoryFigures): string {
  return table(
    ['memory of `all`', 'MB', 'aim'],
    [
      ['idle', megabytes(figures.idle), 'under 200'],
      ['after the load', megabytes(figures.afterLoad), ''],
      ['with 30 certificates drawn', megabytes(figures.afterCertificates), ''],
      ['at rest after them', megabytes(figures.atRest), ''],
    ],
  );
}

export function startTable({ rounds, first, later }: StartFigures): string {
  const aims = { first: 5, later: 2 };
  const row = (name: string, { seconds, cpuSeconds }: StartFigures['first'], aim: number) => [
    name,
    `${seconds.toFixed(1)} s`,
    `${cpuSeconds.toFixed(1)} s`,
    `${aim} s${seconds > aim ? ' missed' : ''}`,
  ];
  return table(
    ['npm start to ready', `best of ${rounds}`, 'processor', 'aim'],
    [row('the first time', first, aims.first), row('later', later, aims.later)],
  );
}

export function soakTable({ minutes, first, last, bytesPerMinute, atRest, heap }: Soak): string {
  return table(
    [`soak of ${minutes} minutes`, 'MB'],
    [
      ['after two minutes', megabytes(first)],
      ['at the end', megabytes(last)],
      ['slope a minute', (bytesPerMinute / 1_048_576).toFixed(2)],
      ['two minutes of rest later', megabytes(atRest)],
      ['heap in use, before and at that rest', `${megabytes(heap.before)}, ${megabytes(heap.atRest)}`],
    ],
  );
}

function cellsOf({ perSecond, p50, p99 }: Round): string[] {
  return [round(perSecond), String(p50), String(p99)];
}

function round(value: number): string {
  return String(Math.round(value));
}

function megabytes(bytes: number): string {
  return round(bytes / 1_048_576);
}

/** In Markdown, its columns aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}
