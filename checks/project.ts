import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';
import type { Node } from './ast.ts';

/** One file of the tree. `path` is relative to the root, with forward slashes. */
export type SourceFile = {
  readonly path: string;
  readonly text: string;
  /** The syntax tree of a TypeScript file, ESTree with TypeScript nodes; other files have none. */
  readonly program?: Node;
  /** The comments of a TypeScript file. */
  readonly comments?: readonly { readonly value: string; readonly start: number }[];
  /** Tests and the help for them (`*.test.ts`, `*-testing.ts`, `test/**`) are free of most rules. */
  readonly isTest: boolean;
};

export type Project = { readonly root: string; readonly files: readonly SourceFile[] };

export type Finding = { readonly path: string; readonly line: number; readonly message: string };

/** A rule of `docs/architecture.md`. Pure: the tree in, what breaks the rule out. */
export type Rule = {
  /** kebab-case, unique; the planted violations are marked with it. */
  readonly name: string;
  readonly reason: string;
  readonly check: (project: Project) => Iterable<Finding>;
};

const FIXTURES = 'checks/fixtures/';
const TEXT_FILE =
  /\.(?:ts|js|mjs|json|jsonc|md|sql|ya?ml|toml|sh|html|css|svg|txt|conf|template|tf|bicep|env|example)$|^[^.]+$|^\.[\w./-]+$/;

/**
 * Every file of the working tree that git knows or would take (so a new file is checked before its commit),
 * without the planted violations.
 */
export function projectFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const names = new Set(listed.split('\0').filter((name) => name !== '' && !name.startsWith(FIXTURES)));
  return [...names].filter((name) => existsSync(path.join(root, name))).toSorted();
}

/** Reads and parses the named files; throws on a syntax error, since a file not parsed is a file not checked. */
export function loadProject(root: string, names: readonly string[]): Project {
  const files = names
    .filter((name) => TEXT_FILE.test(path.posix.basename(name)))
    .map((name) => loadFile(root, name));
  return { root, files };
}

/** The 1-based line of a character offset. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

export function finding(file: SourceFile, offset: number, message: string): Finding {
  return { path: file.path, line: lineAt(file.text, offset), message };
}

export function isTestFile(name: string): boolean {
  return /(?:\.test|-testing)\.ts$/.test(name) || name.startsWith('test/');
}

function loadFile(root: string, name: string): SourceFile {
  const text = readFileSync(path.join(root, name), 'utf8');
  const isTest = isTestFile(name);
  if (!name.endsWith('.ts')) return { path: name, text, isTest };
  const parsed = parseSync(name, text, { lang: 'ts', sourceType: 'module', astType: 'ts' });
  const error = parsed.errors[0];
  if (error !== undefined) throw new Error(`${name} does not parse: ${error.message}`);
  return { path: name, text, isTest, program: parsed.program as unknown as Node, comments: parsed.comments };
}
