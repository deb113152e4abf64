// Command: `node run-unit.ts RECORDS TEST_TIMEOUT_MS FILES…`, one process of test files. Reports for people on standard
// output, and for the run in the file RECORDS (see `collect.ts`).
import './mark.ts';
import { createHook } from 'node:async_hooks';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import collect from './collect.ts';

const [recordsFile = '', timeout, ...files] = process.argv.slice(2);
followNoPromises();
const events = run({ files, isolation: 'none', timeout: Number(timeout) });
await Promise.all([
  pipeline(events, new spec(), process.stdout, { end: false }),
  pipeline(events, collect, createWriteStream(recordsFile)),
]);

/**
 * node:test follows every promise there is, to know in which test an error came up that nothing caught, and that takes a
 * third of most files' time. Of timers and sockets it still knows; of other such errors the run fails, and no one test.
 */
function followNoPromises(): void {
  const prototype = Object.getPrototypeOf(createHook({})) as { enable: (this: unknown) => unknown };
  const { enable } = prototype;
  prototype.enable = function enableWithoutPromises() {
    const hook = this as Record<symbol, unknown>;
    // What `trackPromises: false` sets, which only who makes a hook can say.
    const choice = Object.getOwnPropertySymbols(hook).find((key) => key.description === 'kNoPromiseHook');
    if (choice !== undefined) hook[choice] = true;
    return enable.call(hook);
  };
}
