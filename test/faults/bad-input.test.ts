import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SignedInCaller } from '#test/access/people.ts';
import { callers } from '#test/access/callers.ts';
import { makeSubject } from '#test/access/subject.ts';
import type { Subject } from '#test/access/compare.ts';
import { readInputs, type Input } from '#test/faults/bad-input/document.ts';
import { coverageOf, gapsOf, tableOf } from '#test/faults/bad-input/coverage.ts';
import { certainDrafts, draftOf, drawnDrafts } from '#test/faults/bad-input/mutations.ts';
import { oversizeBytes, sendOversize } from '#test/faults/bad-input/oversize.ts';
import { createSender, type Sender } from '#test/faults/bad-input/sender.ts';
import { provideSchemathesis, runSchemathesis } from '#test/faults/bad-input/schemathesis.ts';
import { createSource } from '#test/faults/bad-input/source.ts';

// By what a person may do, as the issue names them: an instructor is the owner of the courses here.
const people = ['student', 'owner', 'admin'] as const satisfies SignedInCaller[];
const drawnCount = 12;
const examples = 3;
const seed = Number(process.env['FAULTS_SEED'] ?? 20_261_125);

suite('bad input to every operation', () => {
  let subject: Subject;
  let inputs: Input[];
  let sender: Sender;
  before(async () => {
    subject = await makeSubject();
    inputs = await readInputs(subject.server);
    sender = createSender(subject.server);
  });
  after(() => subject?.server.stop());

  test('wrong, absurd and broken, by student, instructor and admin: never a 500, never stuck', async (t) => {
    t.diagnostic(`FAULTS_SEED=${seed}`);
    for (const caller of people) {
      const source = createSource(subject, caller);
      for (const [at, input] of inputs.entries()) {
        const status = await source.try(input, (call) => draftOf(input, call), sender);
        // Whoever may not call it is refused before anything is read: once more is enough.
        const isRefused = status === 401 || status === 403;
        const { call: example } = await source.call(input);
        const certainCount = isRefused ? 1 : certainDrafts(input, example).length;
        for (let index = 0; index < certainCount; index++)
          await source.try(input, (call) => certainDrafts(input, call)[index], sender);
        for (let index = 0; index < (isRefused ? 2 : drawnCount); index++) {
          const own = { seed: seed + at * 1_000 + index, count: 1 };
          await source.try(input, (call) => drawnDrafts(input, call, own)[0], sender);
        }
      }
    }
    t.diagnostic(sender.summary());
    assert.deepEqual(sender.faults(), []);
  });

  test('a body of 100 MB is refused before it is read, by each, and by none of them slowly', async () => {
    const { server, world } = subject;
    const source = createSource(subject, 'admin');
    const { token } = world.people.admin;
    for (const input of inputs) {
      const { call } = await source.call(input);
      const url = server.address + draftOf(input, call).path;
      for (const isLengthTold of [true, false]) {
        const { status, sentBytes } = await sendOversize(url, input, { token, isLengthTold });
        const what = `${input.operationId}: ${status} after ${sentBytes} bytes`;
        if (input.bodyNames !== null && !input.isRaw) assert.equal(status, 413, what);
        else assert.ok(status < 500, what);
        assert.ok(input.isRaw || sentBytes < oversizeBytes, what);
      }
    }
    assert.equal((await server.get('/health')).status, 200);
  });

  for (const caller of people) {
    test(`schemathesis as ${caller} finds no answer that the document does not tell of`, async (t) => {
      const folder = await provideSchemathesis();
      if (folder === undefined) return t.skip('needs schemathesis from PyPI');
      const calls = await createSource(subject, caller).all(inputs);
      const isLeftOut = ({ operationId, isStream }: Input) => isStream || calls[operationId] === undefined;
      const without = inputs.filter(isLeftOut).map(({ operationId }) => operationId);
      const { code, output } = await runSchemathesis(folder, subject.server, {
        calls,
        seed,
        examples,
        without,
      });
      if (code !== 0) process.stdout.write(output);
      assert.equal(code, 0);
    });
  }

  test('each operation has succeeded, and has answered 400', () => {
    const coverage = coverageOf(subject.server, inputs);
    process.stdout.write(`${tableOf(coverage)}\n`);
    assert.deepEqual(gapsOf(coverage, inputs), []);
  });

  test('nobody was signed out, locked out or changed by it', async () => {
    for (const caller of callers.filter((each) => each !== 'anonymous')) {
      const { status } = await subject.server.get('/me', subject.world.people[caller].token);
      assert.equal(status, 200, caller);
    }
  });

  test('the log has no fault of ours, also when what was left half-way has been cleared away', async () => {
    await sleep(5_000);
    const faults = subject.server.log.filter(({ level }) => level === 'error' || level === 'fatal');
    assert.deepEqual(faults, []);
  });
});
