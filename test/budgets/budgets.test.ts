import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { callers, type Caller } from '../access/callers.ts';
import { callAs, send, type Around, type Subject } from '../access/compare.ts';
import { parseTable, type Row } from '../access/parse-table.ts';
import type { Call } from '../access/recipe.ts';
import { makeSubject } from '../access/subject.ts';
import { accessTable } from '../access/table.ts';
import { must } from '../access/world.ts';
import { budgets } from './budgets.ts';
import { costlyCalls, fixedLists, growingCalls, listCalls } from './costly-calls.ts';
import { fillLists } from './fill.ts';

const rows = parseTable(accessTable);
const maxOfOneThing = 3;
const maxOfLearning = 6;
// A provider of single sign-on leads a browser back by GET; it writes, once.
const browsersComeBackBy = new Set(['completeSignOn', 'completeSamlSignOn']);

suite('SQL statements a request', () => {
  let subject: Subject;
  const measured = new Map<string, number>();
  before(async () => {
    subject = await makeSubject();
    const { world, server } = subject;
    const { enrollmentId } = world.published;
    await must(world, 'student', 'PUT', `/enrollments/${enrollmentId}/review`, { rating: 4 });
    await fillLists(server.open.deps, world);
  });
  after(async () => {
    await subject?.server.stop();
  });

  /** Counts what the call takes, and remembers the operation's highest count so far. */
  function counting(row: Row, statements: string[]): Around {
    return async (call) => {
      subject.server.takeStatements();
      const answer = await call();
      const taken = subject.server.takeStatements();
      // The record of a refusal in the audit trail is one more, of whatever operation.
      const isRecord = answer.status === 403 && taken.at(-1)?.includes('"audit_entry"');
      statements.push(...(isRecord ? taken.slice(0, -1) : taken));
      measured.set(row.operationId, Math.max(measured.get(row.operationId) ?? 0, statements.length));
      return answer;
    };
  }

  async function measure(row: Row, caller: Caller, call: Call) {
    const statements: string[] = [];
    const answer = await counting(row, statements)(() => send(subject, row, caller, call));
    return { answer, statements };
  }

  test('every operation has a budget, and no other has', () => {
    assert.deepEqual(Object.keys(budgets).toSorted(), [...subject.operations.keys()].toSorted());
  });

  test('the budgets keep the rules: 3 for a read of one thing, 6 for learning', () => {
    for (const { operationId, method, isList } of subject.operations.values()) {
      const isRead = method === 'GET' && !isList && !browsersComeBackBy.has(operationId);
      if (isRead) assert.ok((budgets[operationId] ?? 0) <= maxOfOneThing, operationId);
    }
    for (const operationId of ['saveHeartbeat', 'completeLesson']) {
      assert.ok((budgets[operationId] ?? 0) <= maxOfLearning, operationId);
    }
  });

  for (const [operationId, own] of Map.groupBy(rows, (row) => row.operationId)) {
    test(`${operationId} keeps its budget, whoever calls`, async () => {
      for (const row of own) {
        for (const caller of callers) {
          const statements: string[] = [];
          await callAs(subject, row, caller, counting(row, statements));
          assertWithin(operationId, statements, `${row.name} as ${caller}`);
        }
      }
    });
  }

  for (const { operationId, when, caller, prepare: recipe } of costlyCalls) {
    test(`${operationId} keeps its budget ${when}`, async () => {
      const row = rowOf(operationId);
      const { answer, statements } = await measure(row, caller, await recipe(subject.world));
      assert.ok(answer.status < 300, answer.text);
      assertWithin(operationId, statements, when);
    });
  }

  test('every list is measured with one row and with a hundred', () => {
    const lists = [...subject.operations.values()].filter(({ isList }) => isList);
    const measuredLists = [...Object.keys(listCalls), ...fixedLists];
    assert.deepEqual(measuredLists.toSorted(), lists.map(({ operationId }) => operationId).toSorted());
  });

  for (const [operationId, { caller, few, many }] of Object.entries(listCalls)) {
    test(`${operationId} takes as many statements for a hundred rows as for one`, async () => {
      const one = await measure(rowOf(operationId), caller, await few(subject.world));
      const hundred = await measure(rowOf(operationId), caller, await many(subject.world));
      assert.equal(one.answer.body.items.length, 1);
      assert.ok(hundred.answer.body.items.length >= 100, `${hundred.answer.body.items.length} items`);
      assert.deepEqual(hundred.statements.length, one.statements.length, hundred.statements.join('\n'));
    });
  }

  for (const [operationId, { caller, few, many }] of Object.entries(growingCalls)) {
    test(`${operationId} takes as many statements for a hundred things as for a few`, async () => {
      const small = await measure(rowOf(operationId), caller, await few(subject.world));
      const large = await measure(rowOf(operationId), caller, await many(subject.world));
      for (const { answer } of [small, large]) assert.ok(answer.status < 300, answer.text);
      assert.equal(large.statements.length, small.statements.length, large.statements.join('\n'));
    });
  }

  test('no budget is larger than what its operation takes', (context) => {
    for (const [operationId, count] of measured) {
      context.diagnostic(`${String(count).padStart(3)} of ${budgets[operationId]}  ${operationId}`);
    }
    const larger = [...measured].filter(([operationId, count]) => count < (budgets[operationId] ?? 0));
    assert.deepEqual(larger, []);
  });
});

function assertWithin(operationId: string, statements: readonly string[], what: string): void {
  const budget = budgets[operationId] ?? 0;
  assert.ok(
    statements.length <= budget,
    `${what} took ${statements.length} of ${budget}:\n${statements.join('\n')}`,
  );
}

function rowOf(operationId: string): Row {
  const row = rows.find((each) => each.operationId === operationId);
  if (!row) throw new Error(`the table has no line for ${operationId}`);
  return row;
}
