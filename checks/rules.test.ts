import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { IMPORT_ROOTS } from './imports.ts';
import { loadProject } from './project.ts';
import type { Project } from './project.ts';
import { checkRules, RULES } from './rules.ts';

const PLANTED = path.join(import.meta.dirname, 'fixtures/rules');
/** Rules whose violations cannot be kept in a file that the tree holds; they are planted below instead. */
const PLANTED_IN_MEMORY = new Set(['no-registry-address']);

suite('the rules of our own', () => {
  const project = plantedProject();
  const expected = expectations(project);
  const found = checkRules(project).map(({ path: file, line, rule }) => `${file}:${line} ${rule}`);

  test('every planted violation is found', () => {
    assert.deepEqual(
      expected.filter((one) => !found.includes(one)),
      [],
    );
  });

  test('nothing is found that was not planted', () => {
    assert.deepEqual(
      found.filter((one) => !expected.includes(one)),
      [],
    );
  });

  for (const rule of RULES.filter(({ name }) => !PLANTED_IN_MEMORY.has(name))) {
    test(`${rule.name} has a violation planted and finds it`, () => {
      const own = expected.filter((one) => one.endsWith(` ${rule.name}`));
      assert.notEqual(own.length, 0);
      assert.ok(own.every((one) => found.includes(one)));
    });
  }

  test('no two rules have the same name', () => {
    assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length);
  });

  test('every marker names a rule that exists', () => {
    const names = new Set(RULES.map(({ name }) => name));
    assert.deepEqual(
      expected.filter((one) => !names.has(one.split(' ').at(-1) ?? '')),
      [],
    );
  });

  test('no-registry-address finds the address of a registry in a lock file', () => {
    const host = ['registry', 'npmjs', 'org'].join('.');
    const mirror = ['npm', 'example', 'com:4873'].join('.');
    assert.deepEqual(findIn(`"resolved": "https://${host}/pg/-/pg-8.0.0.tgz"`), ['no-registry-address']);
    assert.deepEqual(findIn(`registry=http://${mirror}/pg/-/pg-8.0.0.tgz`), ['no-registry-address']);
    assert.deepEqual(findIn('"version": "8.0.0", "integrity": "sha512-abc"'), []);
  });

  test('a file that does not parse stops the check instead of passing it', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lms-rules-'));
    writeFileSync(path.join(folder, 'broken.ts'), 'export const = 1;');
    try {
      assert.throws(() => loadProject(folder, ['broken.ts']), /does not parse/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('imports are resolved by the roots that package.json names', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { imports: Record<string, string> };
    const named = Object.entries(manifest.imports).map(([from, to]) => [
      from.replace('*', ''),
      to.replace('./', '').replace('*', ''),
    ]);
    assert.deepEqual(Object.fromEntries(named), IMPORT_ROOTS);
  });
});

function plantedProject(): Project {
  const names = readdirSync(PLANTED, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(PLANTED, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'),
    );
  return loadProject(PLANTED, names);
}

/** `// expect: rule other-rule` at the end of a line says which rules that line breaks. */
function expectations(project: Project): string[] {
  return project.files.flatMap((file) =>
    file.text.split('\n').flatMap((line, index) => {
      const rules = /\/\/ expect: (.+)$/.exec(line)?.[1]?.split(' ') ?? [];
      return rules.map((rule) => `${file.path}:${index + 1} ${rule}`);
    }),
  );
}

function findIn(text: string): string[] {
  const file = { path: 'package-lock.json', text, isTest: false };
  return checkRules({ root: '.', files: [file] }).map(({ rule }) => rule);
}
