import { child, children, identifier, memberName, nodesOfType, textOf, unwrap } from '../ast.ts';
import type { Node } from '../ast.ts';
import { finding } from '../project.ts';
import type { Finding, Rule, SourceFile } from '../project.ts';

/** What may be made once per module: it holds no state, or a table that nobody writes to (see below). */
const HARMLESS = new Set([
  'Set',
  'Map',
  'RegExp',
  'URL',
  'TextEncoder',
  'TextDecoder',
  'Error',
  'URLPattern',
  'Script',
]);
const COLLECTIONS = new Set(['Set', 'Map', 'WeakMap', 'WeakSet']);
/** Packages whose factories open something that lives: a connection, a registry, a logger, a server. */
const LIVING = /^(?:pg|pg-boss|redis|kysely|pino|fastify|prom-client|nodemailer|rate-limiter-flexible)$/;

export const stateRules: readonly Rule[] = [
  {
    name: 'no-decorators',
    reason: 'What a decorator does stands somewhere else than the line that it changes.',
    check: function* (project) {
      for (const file of project.files) {
        if (file.program === undefined) continue;
        for (const node of nodesOfType(file.program, 'Decorator')) {
          yield finding(file, node.start, 'a decorator; call a function instead');
        }
      }
    },
  },
  {
    name: 'no-module-state',
    reason: 'Dependencies are arguments: state of a module is shared by all tests and both databases of one.',
    check: function* (project) {
      for (const file of project.files) {
        if (file.path.startsWith('src/') && !file.isTest) yield* findState(file);
      }
    },
  },
];

function* findState(file: SourceFile): Iterable<Finding> {
  const living = livingImports(file);
  for (const statement of children(file.program, 'body')) {
    const isExport = statement.type === 'ExportNamedDeclaration';
    const declaration = isExport ? child(statement, 'declaration') : statement;
    if (declaration?.type !== 'VariableDeclaration' || declaration['declare'] === true) continue;
    if (declaration['kind'] !== 'const') {
      yield finding(file, declaration.start, `"${String(declaration['kind'])}" at the top of a module`);
      continue;
    }
    for (const declarator of children(declaration, 'declarations')) {
      const what = stateIn(declarator, living);
      if (what !== undefined) yield finding(file, declarator.start, `${what} at the top of a module`);
    }
  }
}

function stateIn(declarator: Node, living: ReadonlySet<string>): string | undefined {
  const init = unwrapAwait(child(declarator, 'init'));
  const root = calleeRoot(init);
  switch (init?.type) {
    case 'ArrayExpression':
    case 'ObjectExpression':
      return isEmptyLiteral(init) && !cannotBeFilled(declarator) ? 'an empty collection' : undefined;
    case 'CallExpression':
      return root !== undefined && living.has(root) ? `${root}()` : undefined;
    case 'NewExpression':
      return root === 'Intl' ? undefined : newState(init);
    default:
      return undefined;
  }
}

/** `[] as const`, and what its type declares to be read only. */
function cannotBeFilled(declarator: Node): boolean {
  if (child(declarator, 'init')?.type === 'TSAsExpression') return true;
  const type = child(child(child(declarator, 'id'), 'typeAnnotation'), 'typeAnnotation');
  return (
    textOf(type, 'operator') === 'readonly' ||
    (identifier(child(type, 'typeName')) ?? '').startsWith('Readonly')
  );
}

function isEmptyLiteral(node: Node): boolean {
  return children(node, 'elements').length === 0 && children(node, 'properties').length === 0;
}

function newState(made: Node): string | undefined {
  const callee = child(made, 'callee');
  const name = identifier(callee) ?? memberName(callee) ?? 'something';
  const isEmpty = COLLECTIONS.has(name) && children(made, 'arguments').length === 0;
  return HARMLESS.has(name) && !isEmpty ? undefined : `new ${name}()`;
}

/** `a` of `a()`, `a.b()` and `new a.B()`. */
function calleeRoot(call: Node | undefined): string | undefined {
  let at = unwrap(child(call, 'callee'));
  while (at?.type === 'MemberExpression') at = unwrap(child(at, 'object'));
  return identifier(at);
}

function unwrapAwait(node: Node | undefined): Node | undefined {
  const bare = unwrap(node);
  return bare?.type === 'AwaitExpression' ? unwrap(child(bare, 'argument')) : bare;
}

function livingImports(file: SourceFile): ReadonlySet<string> {
  const names = children(file.program, 'body')
    .filter((node) => node.type === 'ImportDeclaration')
    .filter((node) => LIVING.test(textOf(child(node, 'source'), 'value') ?? ''))
    .flatMap((node) => children(node, 'specifiers'))
    .flatMap((specifier) => identifier(child(specifier, 'local')) ?? []);
  // `sql` of Kysely builds a fragment and opens nothing.
  return new Set(names.filter((name) => name !== 'sql'));
}
