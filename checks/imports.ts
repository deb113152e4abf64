import path from 'node:path';
import { child, textOf, walk } from './ast.ts';
import type { SourceFile } from './project.ts';

/** One import, re-export or dynamic import, with its target resolved as far as this project's own files go. */
export type Import = {
  /** As written. */
  readonly specifier: string;
  /** Path from the root where the target is a file of ours (`src/platform/x.ts`), else undefined. */
  readonly target: string | undefined;
  readonly offset: number;
};

/** The `imports` of package.json; `rules.test.ts` holds the two against each other. */
export const IMPORT_ROOTS: Readonly<Record<string, string>> = {
  '#app/': 'src/app/',
  '#features/': 'src/features/',
  '#platform/': 'src/platform/',
  '#test/': 'test/',
};

const WITH_SOURCE = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/** Every import of a file, types and dynamic ones included. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  if (file.program === undefined) return found;
  walk(file.program, (node) => {
    if (!WITH_SOURCE.has(node.type)) return;
    const source = child(node, 'source') ?? child(child(node, 'argument'), 'literal');
    const specifier = textOf(source, 'value');
    if (specifier === undefined) return;
    found.push({ specifier, target: resolve(file.path, specifier), offset: node.start });
  });
  return found;
}

function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier);
  for (const [prefix, folder] of Object.entries(IMPORT_ROOTS)) {
    if (specifier.startsWith(prefix)) return folder + specifier.slice(prefix.length);
  }
  return undefined;
}
