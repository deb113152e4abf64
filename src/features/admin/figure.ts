import type { Sample } from '#platform/metrics.ts';

/** A figure of the snapshot; without samples it is absent. */
export type Figure<Source> = {
  name: string;
  help: string;
  labels?: string[];
  isCounter?: true;
  samples: (source: Source) => Sample[];
};

/** A sample a key. */
export function labelled(label: string, values: Record<string, number>): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}
