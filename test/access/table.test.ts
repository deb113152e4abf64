import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { AuditAction } from '#platform/audit/actions.ts';
import { runSql } from '#platform/db/database.ts';
import { calls } from './calls.ts';
import { callers } from './callers.ts';
import { differencesOf, send, type Around, type Subject } from './compare.ts';
import { foreignIds, type Foreign } from './foreign-ids.ts';
import { openIds } from './open-ids.ts';
import { parseTable, type Row } from './parse-table.ts';
import type { Call } from './recipe.ts';
import { sentIdsIn, type Document } from './sent-ids.ts';
import { makeShownCells, shownBy } from './shown.ts';
import { makeSubject } from './subject.ts';
import { accessTable } from './table.ts';
import { toldOf, type Told } from './told.ts';
import { unrecorded } from './unrecorded.ts';

const rows = parseTable(accessTable);

suite('who may do what', () => {
  let subject: Subject;
  /** Ids of the requests that succeeded, by operation. */
  const succeeded = new Map<string, string[]>();
  before(async () => {
    subject = await makeSubject();
  });
  after(() => subject?.server.stop());

  test('every operation of the document has a line in the table, and no other has', () => {
    const listed = new Set(rows.map(({ operationId }) => operationId));
    assert.deepEqual([...listed].toSorted(), [...subject.operations.keys()].toSorted());
    assert.deepEqual(Object.keys(calls).toSorted(), rows.map(({ name }) => name).toSorted());
  });

  test('every operation succeeds for somebody', () => {
    const succeeding = rows.filter(({ expected }) => Object.values(expected).flat().some(isSuccess));
    const names = new Set(succeeding.map(({ operationId }) => operationId));
    assert.deepEqual([...names].toSorted(), [...subject.operations.keys()].toSorted());
  });

  test('the document asks for an access token exactly where the anonymous get nothing but 401', () => {
    for (const { operationId, isPublic } of subject.operations.values()) {
      const own = rows.filter((row) => row.operationId === operationId);
      const isOpen = own.some(({ expected }) => expected.anonymous.join() !== '401');
      assert.equal(isPublic, isOpen, operationId);
    }
  });

  test('foreign ids: every operation on a thing refuses whoever has nothing to do with it, or is listed as open', () => {
    const onThings = [...subject.operations.values()].filter(({ path }) => path.includes('{'));
    const refuses = (operationId: string) =>
      rows
        .filter((row) => row.operationId === operationId)
        .some(({ expected }) => [expected.stranger, expected.otherInstructor].some(isRefusal));
    const open = onThings.map(({ operationId }) => operationId).filter((each) => !refuses(each));
    assert.ok(onThings.length > 100);
    assert.deepEqual(open.toSorted(), Object.keys(openIds).toSorted());
  });

  for (const row of rows) {
    test(row.name, async () => {
      assert.deepEqual(await differencesOf(subject, row, callers, keepingRequests(row)), []);
    });
  }

  function keepingRequests({ operationId }: Row): Around {
    return async (call) => {
      const answer = await call();
      const requestIds = succeeded.get(operationId) ?? [];
      if (isSuccess(answer.status)) requestIds.push(answer.headers.get('x-request-id') ?? '');
      succeeded.set(operationId, requestIds);
      return answer;
    };
  }

  test('whatever changes something leaves an entry in the audit trail, or is listed as what need not', async () => {
    const { db } = subject.server.open.deps;
    const entries = await runSql<{ id: string }>(db, 'select distinct request_id as id from audit_entry');
    const told = new Set(entries.map(({ id }) => id));
    const changing = [...subject.operations.values()].filter(({ method }) => method !== 'GET');
    const silent = changing
      .map(({ operationId }) => operationId)
      .filter((operationId) => !succeeded.get(operationId)?.some((requestId) => told.has(requestId)));
    assert.deepEqual(silent.toSorted(), Object.keys(unrecorded).toSorted());
    assert.ok(succeeded.get('exportAuditEvents')?.every((requestId) => told.has(requestId)));
  });

  test('foreign ids in bodies and queries: each is refused, or listed with the reason why none can be sent', async () => {
    const document = (await subject.server.get('/openapi.json')).body as Document;
    assert.deepEqual(Object.keys(foreignIds).toSorted(), sentIdsIn(document));
    const prepared: [field: string, Foreign, Call][] = [];
    for (const [field, foreign] of Object.entries(foreignIds))
      if (typeof foreign !== 'string') prepared.push([field, foreign, await foreign.call(subject.world)]);
    const before = await fingerprints();
    const differences: string[] = [];
    for (const [field, { as, answers }, call] of prepared) {
      const [operationId = ''] = field.split(' ');
      const { status, body, text } = await send(subject, { operationId }, as, call);
      const isRight =
        answers === 'empty'
          ? status === 200 && body.items.length === 0
          : status === answers[0] && body.code === answers[1];
      if (!isRight) differences.push(`${field}: ${status} ${text.slice(0, 200)}`);
    }
    assert.deepEqual(differences, []);
    assert.deepEqual(await fingerprints(), before, 'nothing was changed');
  });

  /** Of every table, but of those that hold that somebody came. */
  async function fingerprints(): Promise<unknown[]> {
    const { db } = subject.server.open.deps;
    const tables = await runSql<{ name: string }>(
      db,
      `select format('%I', table_name) as name from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE'
         and table_name !~ '^(?:audit_|session$|idempotency_key$)' order by 1`,
    );
    const sums = tables.map(
      ({ name }) => `(select md5(string_agg(t::text, '' order by t::text)) from ${name} as t) as ${name}`,
    );
    return runSql(db, `select ${sums.join(', ')}`);
  }

  test('every act in the trail tells how it was before and after, or is listed with what it tells instead', async () => {
    const acts = await runSql<{ action: AuditAction; tells: Told['tells'][number]; details: string }>(
      subject.server.open.deps.db,
      `select distinct on (action, tells) action, details::text, case
         when details ? 'before' and details ? 'after' then 'both'
         when details ? 'before' then 'before' when details ? 'after' then 'after' else 'nothing' end as tells
       from audit_entry where outcome = 'done'`,
    );
    const wrong = acts.filter(({ action, tells }) => !toldOf[action].tells.includes(tells));
    assert.deepEqual(wrong, []);
    assert.ok(acts.length > 70, `${acts.length} kinds of acts`);
  });

  test('an attempt tells its learner what showResults allows, the staff all, and nobody else anything', async () => {
    const { world, server } = subject;
    for (const { showResults, state, attemptId, toLearner } of await makeShownCells(world)) {
      assert.equal(await shownBy(world, attemptId, 'student'), toLearner, `${showResults}, ${state}`);
      for (const caller of ['owner', 'observer', 'admin'] as const) {
        assert.equal(
          await shownBy(world, attemptId, caller),
          'answers',
          `${showResults}, ${state}, ${caller}`,
        );
      }
      assert.equal((await server.get(`/attempts/${attemptId}`, world.people.stranger.token)).status, 404);
    }
  });

  test('everybody is still who they were', async () => {
    for (const caller of callers.filter((each) => each !== 'anonymous')) {
      assert.equal((await subject.server.get('/me', subject.world.people[caller].token)).status, 200, caller);
    }
  });
});

function isRefusal(statuses: readonly number[]): boolean {
  // 401 is to people where a directory is asked for.
  return statuses.every((status) => [401, 403, 404].includes(status));
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 400;
}
