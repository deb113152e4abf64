import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { suite, test } from 'node:test';
import { createClient } from '#test/client.ts';
import { createTestDatabase, onServer } from '#test/database.ts';
import { contentOf } from '#test/faults/backup/contents.ts';
import { fill, goOn, newPlace, refuses, succeeds } from '#test/faults/backup/drill.ts';
import { makeSystem } from '#test/faults/system.ts';
import { waitForInvariants, withClient } from '#test/invariants.ts';
import { buildCourse } from '#test/loop.ts';
import { clientIsMissing, provideClient } from '#test/postgres-client.ts';
import { startProgram } from '#test/program.ts';

const clientPath = provideClient();

suite('two accounts of the database', { skip: clientPath === undefined && clientIsMissing }, () => {
  test('every role, backups and their weekly look go by the one that changes no table; what needs the owner says so', async (t) => {
    const serverUrl = process.env['TEST_DATABASE_URL'] ?? '';
    const database = await createTestDatabase('template1');
    const ownerUrl = database.url;
    const account = `lms_app_${randomBytes(4).toString('hex')}`;
    const url = new URL(ownerUrl);
    [url.username, url.password] = [account, 'of-tests-alone'];
    const scratch = new URL(url);
    scratch.pathname += '_verify';
    t.after(async () => {
      // Connections of processes that still run are ended by who has the rights of their account.
      await onServer(serverUrl, `grant ${account} to current_user with inherit true`);
      await onServer(url.href, `drop database if exists "${path.basename(scratch.pathname)}" with (force)`);
      await database.drop();
      await onServer(serverUrl, `drop role ${account}`);
    });

    const place = newPlace(t, clientPath ?? '');
    const owner = { DATABASE_OWNER_URL: ownerUrl };
    const system = await makeSystem(t, url.href, place.env, owner);
    const env = { ...place.env, ...system.env };
    const worker = await startProgram(t, ['worker'], { env });
    const course = await buildCourse(
      createClient(system.api.baseUrl),
      system.teacherToken,
      'By two accounts',
    );
    const { learners } = await fill(system.api.baseUrl, course, system.teacherToken);
    await waitForInvariants(ownerUrl, 60_000);

    assert.match(await succeeds(t, ['backup'], env), /^Made lms-/);
    for (let times = 0; times < 2; times += 1)
      assert.match(await succeeds(t, ['restore', 'latest', '--verify'], env), /can be restored/);
    assert.deepEqual(await contentOf(scratch.href), {}, 'nothing of it is left');
    const doctor = await succeeds(t, ['doctor'], env);
    assert.match(
      doctor,
      new RegExp(`^ok +account +${account} reads and writes rows, and changes no table$`, 'm'),
    );
    const scheduler = await startProgram(t, ['scheduler'], { env });
    for (const role of [worker, scheduler, system.api]) assert.equal(await role.stop(), 0);

    await refuses(t, ['migrate'], env, /may not do this: set DATABASE_OWNER_URL/);
    await refuses(
      t,
      ['restore', 'latest', '--force'],
      env,
      /may not replace the tables: set DATABASE_OWNER_URL/,
    );
    const force = ['restore', 'latest', '--force'];
    assert.match(await succeeds(t, force, { ...env, ...owner }), /is restored/);
    const again = await startProgram(t, ['api'], { env });
    await startProgram(t, ['worker'], { env });
    await goOn(again.baseUrl, course, learners.slice(0, 2));
    await waitForInvariants(ownerUrl, 60_000);
    await assert.rejects(
      withClient(url.href, (client) => client.query('truncate audit_entry')),
      { code: '42501' },
    );
  });
});
