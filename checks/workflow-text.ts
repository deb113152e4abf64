export type Job = { name: string; text: string };

/** The jobs of a workflow, each with its lines as they stand. */
export function jobsOf(text: string): Job[] {
  const [, below = ''] = text.split(/^jobs:\n/m);
  return below
    .split(/^(?= {2}[\w-]+:$)/m)
    .map((part) => ({ name: /^ {2}([\w-]+):/.exec(part)?.[1] ?? '', text: part }))
    .filter(({ name }) => name !== '');
}

/** The steps of a job, in their order. */
export function stepsOf(job: Job): string[] {
  const [, below = ''] = job.text.split(/^ {4}steps:\n/m);
  return below.split(/^(?= {6}- )/m).filter((step) => step.trim() !== '' && !/^ *#/.test(step));
}

/** What is said for a key of a job itself, in one line; undefined where nothing is. */
export function valueOf(job: Job, key: string): string | undefined {
  const found = new RegExp(`^ {4}${key}: *(.*\\n(?:(?: {5,}.*)?\\n)*)`, 'm').exec(job.text)?.[1];
  return found
    ?.replace(/^>-/, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

/** The texts that a shell is given: those on the line of `run:`, and the blocks below it. */
export function scriptsOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const start = /^(\s*)(?:- )?run: *(.*)$/.exec(line);
    if (!start) return [];
    const column = line.indexOf('run:');
    const end = lines.findIndex(
      (next, index) => index > at && next.trim() !== '' && next.search(/\S/) <= column,
    );
    const first = start[2]?.replace(/^[|>]-?$/, '') ?? '';
    return [[first, ...lines.slice(at + 1, end === -1 ? undefined : end)].join('\n')];
  });
}
