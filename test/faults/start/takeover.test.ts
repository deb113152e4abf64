import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from '#platform/db/embedded/embedded-postgres.ts';
import {
  ask,
  endProgram,
  makeSharedFolder,
  running,
  testPlace,
  type SharedFolder,
  type Place,
} from '#platform/db/embedded/embedded-testing.ts';
import { processStart } from '#platform/db/embedded/process-identity.ts';

suite('the data folder of a program that is gone', () => {
  let shared: SharedFolder;
  before(async () => void (shared = await makeSharedFolder()));
  after(() => shared.remove());

  test('after a kill -9 the next start ends the database left behind and finds its data', async (t) => {
    const place = testPlace(t, shared);
    const killed = place.startProgram();
    const { url, pid } = await running(killed);
    await ask(url, 'create table if not exists kept (id int)');
    await endProgram(killed, 'SIGKILL');
    assert.notEqual(processStart(pid), undefined, 'the database outlives the program');
    const database = await place.start();
    assert.equal(processStart(pid), undefined);
    assert.equal(await ask(database.url, 'select count(*)::int from kept'), 0);
  });

  test('Ctrl-C reaches the program, not its database', async (t) => {
    const place = testPlace(t, shared);
    const program = place.startProgram();
    const { url } = await running(program);
    // The terminal signals the whole group; this program has no handler, so that it ends at once.
    process.kill(-(program.child.pid ?? 0), 'SIGINT');
    await sleep(200);
    assert.equal(await ask(url, 'select 1'), 1);
    await place.start();
  });

  test('a program that ends without stop takes its database along', async (t) => {
    const place = testPlace(t, shared);
    const program = place.startProgram({ exitAfterStart: true });
    const { pid } = await running(program);
    for (let round = 0; round < 200 && processStart(pid) !== undefined; round += 1) await sleep(10);
    assert.equal(processStart(pid), undefined);
  });

  test('a kill -9 of program and database, or a lock file whose pid is reused, does not block', async (t) => {
    const place = testPlace(t, shared);
    const program = place.startProgram();
    const { pid } = await running(program);
    const lockFile = path.join(place.dataDir, 'cluster', 'postmaster.pid');
    await endProgram(program, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    const again = await place.start();
    const lock = readFileSync(lockFile, 'utf8');
    await again.stop();
    // As after a reboot: the pid of the lock file is now that of some other living process.
    writeFileSync(lockFile, lock.replace(/^\d+/, String(process.ppid)), { mode: 0o600 });
    const last = await place.start();
    assert.equal(await ask(last.url, 'select 1'), 1);
  });

  test('an owner file whose pid is reused does not block', async (t) => {
    const place = testPlace(t, shared);
    const owner = { id: 'abc', pid: process.ppid, startedAt: 'long ago' };
    writeFileSync(path.join(place.dataDir, 'owner.json'), JSON.stringify(owner));
    await assert.doesNotReject(place.start());
  });

  test('a living owner refuses the second program, and names itself', async (t) => {
    const place = testPlace(t, shared);
    const program = place.startProgram();
    await running(program);
    await assert.rejects(place.start(), (error) => {
      assert.ok(error instanceof EmbeddedPostgresError);
      assert.equal(error.code, 'in_use');
      assert.match(error.message, new RegExp(`^[^\n]*process ${program.child.pid}:[^\n]*DATA_DIR[^\n]*$`));
      return true;
    });
  });

  test('the same folder twice in one program is refused, and free again after stop', async (t) => {
    const place = testPlace(t, shared);
    const first = await place.start();
    await assert.rejects(place.start(), { code: 'in_use' });
    await first.stop();
    await assert.doesNotReject(place.start());
  });

  async function assertOneWins(place: Place): Promise<void> {
    const programs = [place.startProgram(), place.startProgram(), place.startProgram()];
    const outcomes = await Promise.all(programs.map((program) => program.outcome));
    const codes = outcomes.map((outcome) => outcome.code ?? 'runs');
    assert.deepEqual(codes.toSorted(), ['in_use', 'in_use', 'runs']);
  }

  test('of three programs started at once on a new folder exactly one wins', async (t) => {
    await assertOneWins(testPlace(t));
  });

  test('of three programs started at once on the folder of a killed one exactly one wins', async (t) => {
    const place = testPlace(t, shared);
    const killed = place.startProgram();
    await running(killed);
    await endProgram(killed, 'SIGKILL');
    await assertOneWins(place);
  });

  test('killed at any moment of the first start, it starts the next time', async (t) => {
    const place = testPlace(t);
    for (const [index, waitMs] of [250, 600].entries()) {
      const dataDir = path.join(place.dataDir, String(index));
      const program = place.startProgram({ dataDir });
      await Promise.race([sleep(waitMs), program.outcome]);
      await endProgram(program, 'SIGKILL');
      const database = await place.start({ dataDir });
      assert.equal(await ask(database.url, 'select current_user::text'), 'lms');
      await database.stop();
      assert.deepEqual(
        readdirSync(dataDir).toSorted(),
        ['cluster', 'password', 'postgres.log'],
        `nothing half made is left after ${waitMs} ms`,
      );
    }
  });
});
