import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import type { Caller } from './callers.ts';
import type * as Comparing from './compare.ts';
import type { Subject } from './compare.ts';
import {
  cellOfCoursePermission,
  flips,
  otherAccess,
  refusedAnyway,
  rowOfPermission,
  unmovedBy,
  unmovedByOfRole,
} from './flips.ts';
import { parseTable, type Row } from './parse-table.ts';
import { installRuleSwitch, type Decide } from './rule-switch.ts';
import { accessTable } from './table.ts';

const rules = installRuleSwitch();
const rows = parseTable(accessTable);

suite('a rule that decides otherwise makes the table fail', () => {
  let subject: Subject;
  let coursePermissions: readonly string[];
  let permissionsOfRole: Record<'admin', readonly string[]>;
  let differencesOf: (typeof Comparing)['differencesOf'];
  before(async () => {
    // Loaded only now, so that the rules come with their switches.
    ({ differencesOf } = await import('./compare.ts'));
    ({ coursePermissions } = await import('#features/courses/policy.ts'));
    ({ permissionsOfRole } = await import('#platform/auth/actor.ts'));
    const { makeSubject } = await import('./subject.ts');
    subject = await makeSubject();
  });
  after(() => subject?.server.stop());

  /** Asserts that the cell holds as the rules are, and does not with this one flipped. */
  async function assertShown(row: Row, caller: Caller, rule: string, decide: Decide): Promise<void> {
    assert.deepEqual(await differencesOf(subject, row, [caller]), [], 'the cell holds as the rules are');
    let wasAsked = 0;
    const differences = await differencesOf(subject, row, [caller], async (call) => {
      const { result, asked } = await rules.flipped(rule, decide, call);
      wasAsked += asked;
      return result;
    });
    assert.ok(wasAsked > 0, `${row.name} asks ${rule}`);
    assert.equal(differences.length, 1, `${row.name} as ${caller} is the same with ${rule} flipped`);
  }

  test('every rule of every policy is flipped', async () => {
    const listed = new Set(flips.map(({ rule }) => rule));
    // `shownTo` decides on contents, not on statuses: it is flipped below.
    const others = [...rules.rules].filter((rule) => !listed.has(rule));
    assert.deepEqual(others, ['assessments.shownTo']);
    for (const { feature, exported } of await policies()) {
      const missed = exported.filter((name) => !rules.rules.has(`${feature}.${name}`));
      assert.deepEqual(missed, [], `exported by ${feature}/policy.ts and not seen as a rule`);
    }
  });

  for (const { rule, as, decide, row, caller } of flips) {
    test(`${rule}: ${as}`, () => assertShown(rowNamed(row), caller, rule, decide));
  }

  test('assessments.shownTo: more, or less', async () => {
    const { makeShownCells, shownBy } = await import('./shown.ts');
    const { world } = subject;
    const cells = await makeShownCells(world);
    const flipped = [
      { showResults: 'never', state: 'open', shown: { score: false, answers: true } },
      { showResults: 'never', state: 'failed', shown: { score: true, answers: false } },
      { showResults: 'afterPass', state: 'passed', shown: { score: true, answers: false } },
      { showResults: 'score', state: 'passed', shown: { score: false, answers: false } },
    ];
    for (const { showResults, state, shown } of flipped) {
      const cell = cells.find((each) => each.showResults === showResults && each.state === state);
      assert.ok(cell);
      const look = () => shownBy(world, cell.attemptId, 'student');
      assert.equal(await look(), cell.toLearner);
      const { result } = await rules.flipped('assessments.shownTo', () => shown, look);
      assert.notEqual(result, cell.toLearner, `${showResults}, ${state}`);
    }
  });

  for (const caller of [
    'student',
    'stranger',
    'owner',
    'coInstructor',
    'assistant',
    'observer',
    'admin',
  ] as const) {
    for (const [permission, row] of Object.entries(cellOfCoursePermission)) {
      if (unmovedBy[permission]?.includes(caller)) continue;
      test(`${caller}: ${permission} given or taken`, () =>
        assertShown(rowNamed(row), caller, 'courses.permissionsIn', (given, rule) =>
          toggled(rule(...given) as readonly string[], permission),
        ));
    }
  }

  for (const caller of ['stranger', 'otherInstructor', 'admin'] as const) {
    for (const [permission, row] of Object.entries(rowOfPermission)) {
      if (unmovedByOfRole[permission]?.includes(caller)) continue;
      test(`the role of ${caller}: ${permission} given or taken`, () =>
        assertShown(rowNamed(row), caller, 'platform.hasPermission', (given, rule) =>
          given[1] === permission ? !rule(...given) : rule(...given),
        ));
    }
  }

  test('every permission is given and taken', () => {
    assert.deepEqual(Object.keys(cellOfCoursePermission), [...coursePermissions]);
    assert.deepEqual(Object.keys(rowOfPermission).toSorted(), [...permissionsOfRole.admin].toSorted());
  });

  for (const [operationId, own = []] of Map.groupBy(rows, (row) => row.operationId)) {
    if (refusedAnyway.includes(operationId)) continue;
    test(`${operationId} declares another access`, async () => {
      const { access, row, caller } = otherAccess(await declaredBy(own), own);
      await assertShown(row, caller, 'platform.checkAccess', (given, rule) => rule(access, given[1]));
    });
  }

  async function declaredBy([row]: readonly Row[]): Promise<string> {
    let declared: unknown;
    const decide: Decide = (given, rule) => {
      declared = given[0];
      return rule(...given);
    };
    // What is for directories is refused to an admin before it is asked; see `calls/scim.ts`.
    for (const caller of ['admin', 'stranger'] as const) {
      if (!row || declared !== undefined) continue;
      await differencesOf(
        subject,
        row,
        [caller],
        async (call) => (await rules.flipped('platform.checkAccess', decide, call)).result,
      );
    }
    return String(declared);
  }
});

async function policies(): Promise<{ feature: string; exported: string[] }[]> {
  const features = new URL('../../src/features/', import.meta.url);
  const found = readdirSync(features, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^[\w-]+\/policy(?:\.ts|\/[\w-]+\.ts)$/.test(file),
  );
  assert.ok(found.length >= 5, 'policies are found');
  return Promise.all(
    found.map(async (file) => {
      const module = (await import(new URL(file, features).href)) as Record<string, unknown>;
      const exported = Object.keys(module).filter((name) => typeof module[name] === 'function');
      return { feature: file.split('/')[0] ?? '', exported };
    }),
  );
}

function rowNamed(name: string): Row {
  const row = rows.find((each) => each.name === name);
  if (!row) throw new Error(`the table has no line "${name}"`);
  return row;
}

function toggled(permissions: readonly string[], permission: string): string[] {
  const others = permissions.filter((each) => each !== permission);
  return others.length < permissions.length ? others : [...permissions, permission];
}
