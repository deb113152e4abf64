import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { sealEntries } from '#features/audit/commands/seal-entries.ts';
import { tellHead } from '#features/audit/commands/tell-head.ts';
import { runSql } from '#platform/db/database.ts';
import { runCommand } from '#test/program.ts';
import { startTestServer } from '#test/server.ts';

suite('audit verify', () => {
  test('says that the trail is intact and where it ends, or the first place where it is not', async (t) => {
    const server = await startTestServer();
    t.after(() => server.stop());
    const { deps, metrics } = server.open;
    const env = { DATABASE_URL: deps.config.databaseUrl ?? '' };
    const made = await runCommand(t, ['admin', 'create', '--email=first@example.com', '--name=The First'], {
      env,
      input: 'correct horse battery\n',
    });
    assert.equal(made.code, 0, made.stderr);
    const prepared = await runCommand(t, ['secrets', 'prepare'], { env });
    assert.equal(prepared.code, 0, prepared.stderr);
    const entries = await runSql(
      deps.db,
      `select actor_kind, action, details -> 'after' as after from audit_entry order by id`,
    );
    assert.deepEqual(entries, [
      {
        actor_kind: 'commandLine',
        action: 'user.created',
        after: { role: 'admin', email: 'first@example.com' },
      },
      {
        actor_kind: 'commandLine',
        action: 'secret.rotated',
        after: { step: 'prepare', names: ['SECRET_KEY', 'ENCRYPTION_KEY'] },
      },
    ]);

    assert.equal(await sealEntries(deps.db), 2);
    await tellHead(deps);
    const intact = await runCommand(t, ['audit', 'verify'], { env });
    assert.match(
      intact.stdout,
      /^The audit trail is intact: 2 entries, of 0 the details were erased; 0 more are not sealed yet\.\nIts end, to be kept elsewhere: (2:[0-9a-f]{64})\n$/,
    );
    assert.deepEqual([intact.code, intact.stderr], [0, '']);
    const head = intact.stdout.trim().split(' ').at(-1) ?? '';
    const told = server.log.find(({ message }) => message === 'audit: the end of the chain');
    assert.equal(told?.['head'], head, 'the log tells it');
    const figures = await metrics.registry.metrics();
    assert.match(figures, new RegExp(`^lms_audit_told_head\\{hash="${head.slice(2)}"\\} 2$`, 'm'));
    assert.match(figures, /^lms_audit_position 2$/m);
    assert.match(figures, /^lms_audit_unsealed_age_seconds 0$/m);
    const held = await runCommand(t, ['audit', 'verify', `--head=${head}`], { env });
    assert.match(held.stdout, /\nThe head that was given is part of it\.\n/);

    await runSql(server.ownerDb, 'alter table audit_entry disable trigger user');
    await runSql(
      server.ownerDb,
      `update audit_entry set action = 'user.updated' where action = 'secret.rotated'`,
    );
    const broken = await runCommand(t, ['audit', 'verify'], { env });
    assert.deepEqual([broken.code, broken.stdout], [1, '']);
    assert.match(
      broken.stderr,
      /^The audit trail is broken\. Position 2 \(entry [0-9a-f-]{36}\) does not hold: /,
    );
    for (const args of [['verify', '--head=2'], ['prove'], []])
      assert.equal((await runCommand(t, ['audit', ...args], { env })).code, 2, args.join(' '));
  });
});
