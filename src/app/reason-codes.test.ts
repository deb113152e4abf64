import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { problemCodes } from '#platform/errors.ts';

const root = path.join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** Codes of reasons as the sources give them, without those that are codes of problems as well. */
function givenCodes(): Set<string> {
  const isLeftOut = /\.test\.ts$|-testing\.ts$|webhooks\/(?:outcome|send)\.ts$/;
  const files = globSync(['src/{features,platform/http}/**/*.ts', 'src/platform/outbound-http/url.ts'], {
    cwd: root,
  }).filter((file) => !isLeftOut.test(file));
  const literals = files.flatMap((file) =>
    [...read(file).matchAll(/(?:\bcode: |\breason\(\s*|\bweak\(\s*)'([a-z_]+)'/g)].map(
      ([, code]) => code ?? '',
    ),
  );
  const keywords = [...read('src/platform/http/reasons.ts').matchAll(/^ {2}(\w+): \(/gm)]
    .map(([, keyword]) => keyword ?? '')
    .filter((keyword) => keyword !== 'additionalProperties')
    .map((keyword) => keyword.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  const ofProblems = new Set<string>(problemCodes);
  return new Set([...literals, ...keywords].filter((code) => !ofProblems.has(code)));
}

suite('codes of reasons', () => {
  test('are all listed in docs/api.md, and no other', () => {
    const section =
      /\n## Codes of reasons\n[\s\S]*? they are:\n([\s\S]*?)\n## /.exec(read('docs/api.md'))?.[1] ?? '';
    const listed = [...section.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code ?? '');
    const given = givenCodes();
    assert.ok(given.has('password_common') && given.has('max_length') && given.size > 50);
    assert.deepEqual(listed.toSorted(), [...given].toSorted());
  });
});
