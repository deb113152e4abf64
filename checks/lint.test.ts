import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';

const PLANTED = 'checks/fixtures/lint';
const CONFIG = path.join(PLANTED, 'oxlintrc.json');

type Diagnostic = { code: string; filename: string; labels: { span: { line: number } }[] };

suite('the linter', () => {
  test('finds every planted violation, each on its line, and nothing else', () => {
    const found = lint(PLANTED).map(({ code, filename, labels }) => {
      const line = WHOLE_FILE.has(code) ? 1 : (labels[0]?.span.line ?? 0);
      return `${path.relative(PLANTED, filename)}:${line} ${code}`;
    });
    assert.deepEqual(found.toSorted(), expectations().toSorted());
  });

  test('a file of 401 lines is too long, one of 400 is not', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lms-lint-'));
    try {
      writeFileSync(path.join(folder, 'long.ts'), 'export {};\n'.repeat(401));
      writeFileSync(path.join(folder, 'full.ts'), 'export {};\n'.repeat(400));
      const tooLong = lint(folder).filter(({ code }) => code === 'eslint(max-lines)');
      assert.deepEqual(
        tooLong.map(({ filename }) => path.basename(filename)),
        ['long.ts'],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const WHOLE_FILE = new Set(['unicorn(filename-case)']);

function lint(folder: string): Diagnostic[] {
  const { stdout, stderr } = spawnSync(
    'node_modules/.bin/oxlint',
    ['--type-aware', '-f', 'json', '-c', CONFIG, folder],
    {
      encoding: 'utf8',
    },
  );
  try {
    return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
  } catch (error) {
    throw new Error(`the linter did not run: ${stdout}${stderr}`, { cause: error });
  }
}

/** `// expect: rule…` marks its own line, `// expect-next: rule…` the line below. */
function expectations(): string[] {
  return readdirSync(PLANTED, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) =>
      readFileSync(path.join(PLANTED, name), 'utf8')
        .split('\n')
        .flatMap((text, index) => {
          const [, next, rules] = /\/\/ expect(-next)?: (.+)$/.exec(text) ?? [];
          const line = next === undefined ? index + 1 : index + 2;
          return rules?.split(' ').map((rule) => `${name}:${line} ${rule}`) ?? [];
        }),
    );
}
