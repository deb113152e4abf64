import type { TestServer } from '#test/server.ts';
import type { Input } from './document.ts';

/** By operation, how often each status was answered. */
export type Coverage = Map<string, Map<number, number>>;

/** Begins the ids of the requests that count, beside those that only prepare them. */
export const countedPrefix = 'bad-input-';

/** As the server's own log tells. */
export function coverageOf(server: TestServer, inputs: readonly Input[]): Coverage {
  const names = new Map(inputs.map(({ method, path, operationId }) => [`${method} ${path}`, operationId]));
  const coverage: Coverage = new Map(inputs.map(({ operationId }) => [operationId, new Map()]));
  for (const line of server.log) {
    if (line['message'] !== 'request' || !String(line['requestId']).startsWith(countedPrefix)) continue;
    const path = String(line['route']).replaceAll(/:(\w+)/g, '{$1}');
    const seen = coverage.get(names.get(`${String(line['method'])} ${path}`) ?? '');
    const status = Number(line['status']);
    seen?.set(status, (seen.get(status) ?? 0) + 1);
  }
  return coverage;
}

/** A line an operation: its statuses, each with how often. */
export function tableOf(coverage: Coverage): string {
  const statuses = [...new Set([...coverage.values()].flatMap((seen) => [...seen.keys()]))].toSorted();
  const width = Math.max(...[...coverage.keys()].map((name) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(5))].join(' ').trimEnd();
  const rows = [...coverage].map(([name, seen]) =>
    line(
      name,
      statuses.map((status) => String(seen.get(status) ?? '·')),
    ),
  );
  return [line('operation', statuses.map(String)), ...rows].join('\n');
}

/** Operations that never succeeded, or never refused what they were sent: each knows what it takes, if it is nothing. */
export function gapsOf(coverage: Coverage, inputs: readonly Input[]): string[] {
  return inputs.flatMap((input) => {
    const seen = coverage.get(input.operationId) ?? new Map<number, number>();
    const hasSucceeded = input.successes.some((status) => seen.has(status));
    return [
      ...(hasSucceeded ? [] : [`${input.operationId} never succeeded`]),
      ...(seen.has(400) ? [] : [`${input.operationId} never answered 400`]),
    ];
  });
}
