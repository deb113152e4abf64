import type { TestEvent } from 'node:test/reporters';
import type { TestRecord } from './outcome.ts';

/**
 * A reporter for `node --test`: one JSON line for each test and suite, with its full name. The counts and the
 * skips are judged from these lines, the readable report is for people.
 */
// oxlint-disable-next-line import/no-default-export -- node takes a reporter as the default export
export default async function* collect(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = [];
  for await (const event of source) {
    if (event.type === 'test:start') {
      names.length = event.data.nesting;
      names.push(event.data.name);
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    const record: TestRecord = {
      name: [...names.slice(0, data.nesting), data.name].join(' > '),
      file: data.file ?? '',
      isSuite: data.details.type === 'suite',
      hasPassed: event.type === 'test:pass',
      durationMs: data.details.duration_ms,
      skip: data.skip ?? data.todo ?? false,
      hasOnlyFailedBelow:
        event.type === 'test:fail' && failureType(event.data.details.error) === 'subtestsFailed',
    };
    yield `${JSON.stringify(record)}\n`;
  }
}

function failureType(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'failureType' in error
    ? error.failureType
    : undefined;
}
