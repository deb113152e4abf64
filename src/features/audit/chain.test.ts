import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sealHash } from '#platform/audit/hashes.ts';
import { eraseAuditDetails } from '#platform/audit/erase.ts';
import { runSql, type Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { purgeEntries } from './commands/purge-entries.ts';
import { sealEntries } from './commands/seal-entries.ts';
import { verifyTrail, type Verdict } from './commands/verify-trail.ts';
import type { Fault } from './chain-check.ts';
import { findHead, type Head } from './queries/chain.ts';
import { listSealed } from './queries/verifying.ts';

const courseId = newId();
const learner = newId();

class Undone extends Error {}

suite('the chain of the audit trail', () => {
  let server: TestServer;
  let deps: Deps;
  let head: Head;
  before(async () => {
    server = await startTestServer();
    deps = {
      ...server.open.deps,
      audit: server.open.deps.audit.from({
        kind: 'request',
        requestId: 'request-1',
        address: '192.0.2.7',
        userAgent: 'Firefox',
        actor: { userId: newId(), sessionId: newId() },
      }),
    };
    for (let at = 0; at < 5; at++) {
      await inTransaction(deps.db, (tx) => recordGrade(tx, at));
      server.clock.advance({ minutes: 1 });
    }
    assert.equal(await sealEntries(deps.db), 5);
    head = await findHead(deps.db);
  });
  after(() => server.stop());

  function recordGrade(tx: Tx, points: number): Promise<string[]> {
    const facts = { before: { points: points - 1 }, after: { points } };
    return deps.audit.record(tx, {
      action: 'grade.changed',
      targetId: newId(),
      personId: learner,
      courseId,
      ...facts,
    });
  }

  /** What verifying says after this, all of which is undone. */
  async function verdictAfter(act: (tx: Tx) => Promise<void>, kept?: Head): Promise<Verdict> {
    let verdict: Verdict | undefined;
    const undoing = server.ownerDb.transaction().execute(async (tx) => {
      await act(tx);
      verdict = await verifyTrail({ db: tx, clock: deps.clock }, kept);
      throw new Undone();
    });
    await assert.rejects(undoing, Undone);
    assert.ok(verdict);
    return verdict;
  }

  async function tampered(tx: Tx, ...statements: string[]): Promise<void> {
    const tables = ['audit_entry', 'audit_seal', 'audit_checkpoint'];
    for (const table of tables) await runSql(tx, `alter table ${table} disable trigger user`);
    for (const statement of statements) await runSql(tx, statement);
    for (const table of tables) await runSql(tx, `alter table ${table} enable trigger user`);
  }

  const entryAt = (position: number) => `(select entry_id from audit_seal where position = ${position})`;
  const copyOf = `select id, at, action, outcome, actor_kind, actor_id, target_kind from audit_entry`;

  const attacks: [what: string, fault: Fault, position: number | null, statements: string[]][] = [
    [
      'a changed entry',
      'hash_differs',
      3,
      [`update audit_entry set actor_id = null where id = ${entryAt(3)}`],
    ],
    [
      'a changed time',
      'hash_differs',
      2,
      [`update audit_entry set at = at - interval '1 day' where id = ${entryAt(2)}`],
    ],
    [
      'changed details',
      'details_changed',
      4,
      [
        `update audit_entry set details = jsonb_set(details, '{after,points}', '100') where id = ${entryAt(4)}`,
      ],
    ],
    [
      'details that were taken out without a word',
      'details_removed',
      1,
      [`update audit_entry set details = null, salt = null, erased_by = id where id = ${entryAt(1)}`],
    ],
    ['a removed entry', 'entry_removed', 2, [`delete from audit_entry where id = ${entryAt(2)}`]],
    [
      'an entry removed with its seal',
      'position_missing',
      2,
      [`delete from audit_entry where id = ${entryAt(2)}`, 'delete from audit_seal where position = 2'],
    ],
    [
      'an entry removed with its seal, and the places after it moved up',
      'hash_differs',
      2,
      [
        `delete from audit_entry where id = ${entryAt(2)}`,
        'delete from audit_seal where position = 2',
        'update audit_seal set position = position + 100 where position > 2',
        'update audit_seal set position = position - 101 where position > 2',
        'update audit_chain set position = position - 1',
      ],
    ],
    [
      'two entries in the other order',
      'hash_differs',
      3,
      [
        `create temp table swapped on commit drop as select position, entry_id from audit_seal where position in (3, 4)`,
        `delete from audit_seal where position in (3, 4)`,
        `insert into audit_seal select 7 - position, entry_id, 'x' from swapped`,
      ],
    ],
    [
      'an entry put in past the chain',
      'not_in_chain',
      null,
      [
        `insert into audit_entry (id, at, action, outcome, actor_kind, actor_id, target_kind)
         select gen_random_uuid(), at, action, outcome, actor_kind, actor_id, target_kind from (${copyOf} limit 1) c`,
      ],
    ],
    [
      'a removed tail',
      'position_missing',
      4,
      ['delete from audit_entry where id in (select entry_id from audit_seal where position > 3)'].concat(
        'delete from audit_seal where position > 3',
      ),
    ],
    ['a changed seal', 'hash_differs', 5, [`update audit_seal set hash = 'x' where position = 5`]],
    [
      'an invented purge',
      'checkpoint_unfounded',
      2,
      [
        `insert into audit_checkpoint select position, hash, entry_id from audit_seal where position = 2`,
        'delete from audit_seal where position <= 2',
      ],
    ],
  ];

  test('is intact as it was written, and holds the head that was kept', async () => {
    const verdict = await verifyTrail(deps, head);
    assert.deepEqual(verdict, { isIntact: true, head, entries: 5, erased: 0, waiting: 0, holdsKept: true });
  });

  for (const [what, fault, position, statements] of attacks) {
    test(`shows ${what}`, async () => {
      const verdict = await verdictAfter((tx) => tampered(tx, ...statements));
      assert.ok(!verdict.isIntact, what);
      assert.deepEqual([verdict.fault, verdict.position], [fault, position]);
    });
  }

  test('shows, by a head that was kept, a tail removed without a trace', async () => {
    const cut = [
      'delete from audit_entry where id in (select entry_id from audit_seal where position > 3)',
      'delete from audit_seal where position > 3',
      'update audit_chain set (position, hash) = (select position, hash from audit_seal where position = 3)',
    ];
    const unseen = await verdictAfter((tx) => tampered(tx, ...cut));
    assert.ok(unseen.isIntact, 'without the head nobody can know');
    const seen = await verdictAfter((tx) => tampered(tx, ...cut), head);
    assert.deepEqual(seen, { isIntact: false, fault: 'head_missing', position: 3, entryId: null });
  });

  test('shows, by a head that was kept, a chain that was written anew', async () => {
    const verdict = await verdictAfter(async (tx) => {
      await tampered(tx, `update audit_entry set actor_id = null where id = ${entryAt(3)}`);
      const rows = await listSealed(tx, { after: 0, upTo: 5 }, 10);
      let hash: Buffer = Buffer.alloc(32);
      for (const row of rows) {
        hash = sealHash(hash, row as Parameters<typeof sealHash>[1]);
        const text = `'\\x${hash.toString('hex')}'`;
        await tampered(tx, `update audit_seal set hash = ${text} where position = ${row.position}`);
      }
      await tampered(
        tx,
        'update audit_chain set hash = (select hash from audit_seal order by position desc limit 1)',
      );
      assert.ok(
        (await verifyTrail({ db: tx, clock: deps.clock })).isIntact,
        'without the head nobody can know',
      );
    }, head);
    assert.deepEqual(verdict, { isIntact: false, fault: 'head_differs', position: 5, entryId: null });
  });

  test('shows an entry that waits too long to be sealed, and one that was removed while it waited', async () => {
    const overdue = await verdictAfter(async (tx) => {
      await recordGrade(tx, 6);
      await tampered(tx, `update audit_entry set at = at - interval '11 minutes' where id > ${entryAt(5)}`);
    });
    assert.equal(overdue.isIntact ? '' : overdue.fault, 'waits_too_long');
    const removed = await verdictAfter(async (tx) => {
      await recordGrade(tx, 6);
      await tampered(tx, `delete from audit_entry where id > ${entryAt(5)}`);
    });
    assert.equal(removed.isIntact ? '' : removed.fault, 'unsealed_removed');
    const waiting = await verdictAfter(async (tx) => void (await recordGrade(tx, 6)));
    assert.equal(waiting.isIntact && waiting.waiting, 1);
  });

  test('is append-only: not even its owner changes, removes or empties it by an ordinary statement', async () => {
    for (const statement of [
      'update audit_entry set actor_id = null',
      `update audit_entry set details = null, salt = null, erased_by = id, action = 'user.created'`,
      'delete from audit_entry',
      'truncate audit_entry',
      `update audit_seal set hash = 'x'`,
      'delete from audit_seal',
      'truncate audit_seal',
    ])
      await assert.rejects(runSql(server.ownerDb, statement), /append-only/, statement);
  });

  test('still holds once the details of a person were erased, and tells of how many', async () => {
    const verdict = await verdictAfter(async (tx) => {
      assert.equal(await eraseAuditDetails(deps.audit, tx, learner), 6);
      const left = await runSql<{ count: number }>(
        tx,
        `select count(*) as count from audit_entry where person_id = $1 and details is not null`,
        [learner],
      );
      assert.equal(left[0]?.count, 0);
    }, head);
    assert.ok(verdict.isIntact, JSON.stringify(verdict));
    assert.deepEqual([verdict.entries, verdict.erased, verdict.waiting], [5, 5, 1]);
  });

  test('refuses a field that is called like a secret', async () => {
    for (const name of ['password', 'newToken', 'clientSecret', 'passwordHash', 'apiKey']) {
      const recording = inTransaction(deps.db, (tx) =>
        deps.audit.record(tx, { action: 'user.updated', after: { [name]: 'x' } }),
      );
      await assert.rejects(recording, /The trail takes no/, name);
    }
  });

  test('two that seal at once seal each entry once', async () => {
    const many = Array.from({ length: 50 }, (_, at) => inTransaction(deps.db, (tx) => recordGrade(tx, at)));
    await Promise.all(many);
    const sealed = await Promise.all(Array.from({ length: 4 }, () => sealEntries(deps.db)));
    const total = sealed.reduce((sum, count) => sum + count, 0);
    assert.equal(total + (await sealEntries(deps.db)), 50);
    const verdict = await verifyTrail(deps, head);
    assert.ok(verdict.isIntact && verdict.entries === 55, JSON.stringify(verdict));
  });

  test('purging takes the oldest stretch, leaves a checkpoint that an entry tells of, and the rest verifies', async () => {
    const old = await findHead(deps.db);
    server.clock.advance({ days: deps.config.auditRetentionDays - 1 });
    await inTransaction(deps.db, (tx) => recordGrade(tx, 7));
    await sealEntries(deps.db);
    assert.equal(await purgeEntries(server.open.deps), 0, 'nothing is old enough');
    server.clock.advance({ days: 2 });
    assert.equal(await purgeEntries(server.open.deps), 55);
    await sealEntries(deps.db);
    const verdict = await verifyTrail(deps, old);
    assert.ok(verdict.isIntact, JSON.stringify(verdict));
    assert.deepEqual([verdict.entries, verdict.holdsKept], [2, true], 'the young one and that of the purge');
    assert.equal(await purgeEntries(server.open.deps), 0, 'harmless twice');
    const stored = await runSql<{ count: number }>(deps.db, 'select count(*) as count from audit_entry');
    assert.equal(stored[0]?.count, 2);
  });
});
