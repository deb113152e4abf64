import { child, children, identifier, nodesOfType, textOf } from '../ast.ts';
import { finding } from '../project.ts';
import type { Finding, Project, Rule, SourceFile } from '../project.ts';

const entry = 'docs/security.md';
const list = 'docs/security/asvs-5.0.0.txt';
const page = /^docs\/security(?:\/[\w-]+)?\.md$/;
const path = /`((?:\.?[\w-]+\/)+[\w.-]+\/?)`/g;
/** `some.test.ts` “the name of a test”, “of another” */
const tests = /`([\w./-]+\.test\.ts)`((?:,? “[^”\n]+”)+)/g;
const states = ['met', 'operator', 'n.a.', 'open'] as const;
const row = /^\| (\d+\.\d+\.\d+) \| (\d) \| [^|]+ \| (met|operator|n\.a\.|open) \|([^|]*)\|([^|]*)\|/gm;
const anyRow = /^\| \d+\.\d+\.\d+ .*$/gm;
/** `| [V6 …](…) | met | operator | n.a. | open |` */
const summary = /^\| \[V(\d+) [^|]+\| (\d+) \| (\d+) \| (\d+) \| (\d+) \|/gm;

const mostOpen = 5;

type Requirement = { number: string; level: string };

export const securityPageRules: readonly Rule[] = [
  {
    name: 'security-pages-name-what-exists',
    reason: 'Who audits follows the name of a file or a test; one that is gone shows nothing.',
    check: function* (project) {
      const paths = new Set(project.files.map((file) => file.path));
      const titles = new Map<string, Set<string>>();
      const titlesOf = (file: string) => {
        const known = titles.get(file) ?? titlesIn(project.files.find((each) => each.path === file));
        titles.set(file, known);
        return known;
      };
      for (const file of project.files.filter((each) => page.test(each.path))) {
        for (const match of file.text.matchAll(path)) {
          const [, named = ''] = match;
          const isFolder = project.files.some((each) => each.path.startsWith(named.replace(/\/?$/, '/')));
          if (!paths.has(named) && !isFolder) yield finding(file, match.index, `there is no ${named}`);
        }
        for (const match of file.text.matchAll(tests)) {
          const [, named = '', quoted = ''] = match;
          for (const [, title = ''] of quoted.matchAll(/“([^”]+)”/g)) {
            if (!titlesOf(named).has(title))
              yield finding(file, match.index, `${named} has no test “${title}”`);
          }
        }
      }
    },
  },
  {
    name: 'security-pages-have-each-requirement',
    reason:
      'What stands on no page, or without a test and without saying so, is open without being called so.',
    check: function* (project) {
      const listed = project.files.find((file) => file.path === list);
      if (!listed) return;
      const wanted = requirementsOf(listed);
      const found = new Map<string, string[]>();
      for (const file of project.files.filter((each) => page.test(each.path))) {
        yield* brokenRows(file);
        for (const { 1: number = '', 2: level = '', index } of file.text.matchAll(row)) {
          found.set(number, [...(found.get(number) ?? []), level]);
          if (!wanted.some((each) => each.number === number))
            yield finding(file, index, `${number} is none of the list`);
        }
      }
      for (const [index, { number, level }] of wanted.entries()) {
        const rows = found.get(number) ?? [];
        const offset = listed.text.split('\n').slice(0, index).join('\n').length + (index > 0 ? 1 : 0);
        if (rows.length !== 1) yield finding(listed, offset, `${number} has ${rows.length} rows`);
        else if (rows[0] !== level) yield finding(listed, offset, `${number} is of level ${level}`);
      }
      yield* wrongSums(project);
    },
  },
  {
    name: 'security-pages-keep-the-aim',
    reason: `The aim: none of level 1 is open, and at most ${mostOpen} of level 2. What opens another has to close one.`,
    check: function* (project) {
      let count = 0;
      for (const file of project.files.filter((each) => page.test(each.path))) {
        for (const { 1: number = '', 2: level, 3: state, index } of file.text.matchAll(row)) {
          if (state !== 'open') continue;
          if (level === '1') yield finding(file, index, `${number} is of level 1, and open`);
          else if (++count > mostOpen) yield finding(file, index, `${number} is the open one too many`);
        }
      }
    },
  },
];

/** Rows that the pattern does not read, of no requirement of ours, or that are met and name neither a test nor that there is none. */
function* brokenRows(file: SourceFile): Iterable<Finding> {
  for (const { 0: line, index } of file.text.matchAll(anyRow)) {
    const [read] = line.matchAll(row);
    if (!read) yield finding(file, index, 'this row is not | number | level | what | state | where | test |');
    const [, , , state, , shown = ''] = read ?? [];
    if (state === 'met' && !/`[^`]+\.test\.ts` “|no test/.test(shown))
      yield finding(file, index, 'it is met, and names neither a test nor that there is none');
  }
}

/** Rows of the summary that do not have the sums of their chapter. */
function* wrongSums(project: Project): Iterable<Finding> {
  const file = project.files.find((each) => each.path === entry);
  const rows = project.files
    .filter((each) => page.test(each.path))
    .flatMap((each) => [...each.text.matchAll(row)])
    .map(([, number = '', , state = '']) => ({ chapter: number.split('.')[0], state }));
  for (const match of file?.text.matchAll(summary) ?? []) {
    const [, chapter, ...shown] = match;
    const own = rows.filter((each) => each.chapter === chapter);
    const sums = states.map((state) => String(own.filter((each) => each.state === state).length));
    if (file && sums.join() !== shown.join())
      yield finding(file, match.index, `the rows of V${chapter} are ${sums.join(', ')}`);
  }
}

function requirementsOf(file: SourceFile): Requirement[] {
  return file.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [number = '', level = ''] = line.split(' ');
      return { number, level };
    });
}

/** The names of tests and suites; what a name takes from a variable is “…”. */
function titlesIn(file: SourceFile | undefined): Set<string> {
  const calls = file?.program === undefined ? [] : nodesOfType(file.program, 'CallExpression');
  const titles = calls.flatMap((call) => {
    const [first] = children(call, 'arguments');
    const callee = child(call, 'callee');
    const name = identifier(callee) ?? identifier(child(callee, 'object'));
    if (first === undefined || !['test', 'suite'].includes(name ?? '')) return [];
    if (first.type !== 'TemplateLiteral') return textOf(first, 'value') ?? [];
    return children(first, 'quasis')
      .map((part) => (part['value'] as { cooked?: string }).cooked ?? '')
      .join('…');
  });
  return new Set(titles);
}
