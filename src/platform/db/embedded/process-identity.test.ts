import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { processCommand, processStart, processStartByPs } from './process-identity.ts';

const NO_PS = spawnSync('ps', ['-p', '1']).status === 0 ? false : 'no ps on the PATH';

suite('identity of a process', () => {
  for (const [name, start] of [
    ['from the system', processStart],
    ['by ps', processStartByPs],
  ] as const) {
    test(
      `a process keeps its start, another has its own, a dead one has none (${name})`,
      { skip: NO_PS },
      async () => {
        const own = start(process.pid);
        await sleep(1100);
        const child = spawn('sleep', ['60']);
        await once(child, 'spawn');
        const pid = child.pid ?? 0;
        const ofChild = start(pid);
        child.kill('SIGKILL');
        await once(child, 'exit');
        assert.ok(own !== undefined && ofChild !== undefined);
        assert.equal(start(process.pid), own);
        assert.notEqual(ofChild, own);
        assert.equal(start(pid), undefined);
      },
    );
  }

  test(
    'a process that nobody reaps counts as gone',
    { skip: process.platform !== 'linux' && 'needs /proc' },
    async (t) => {
      // The shell becomes a sleep, which never waits for the child that it finds itself with.
      const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
      t.after(() => parent.kill('SIGKILL'));
      const pid = Number(String(await once(parent.stdout, 'data')));
      const isZombie = (): boolean => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      for (let round = 0; round < 200 && !isZombie(); round += 1) await sleep(10);
      assert.ok(isZombie());
      assert.equal(processStart(pid), undefined);
    },
  );

  test('no pid is no process', () => {
    for (const pid of [0, -1, 1.5, Number.NaN]) assert.equal(processStart(pid), undefined);
    assert.equal(processCommand(2 ** 30), '');
  });
});
