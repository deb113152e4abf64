import { child, children, identifier, isNode, memberName, textOf, unwrap, walk } from '../ast.ts';
import type { Node } from '../ast.ts';
import { importsOf } from '../imports.ts';
import { finding } from '../project.ts';
import type { Finding, Rule, SourceFile } from '../project.ts';

const BUILDER_STARTS = new Set([
  'selectFrom',
  'insertInto',
  'replaceInto',
  'updateTable',
  'deleteFrom',
  'mergeInto',
]);
const SQL_TEXT = /^\s*(?:select|insert|update|delete|merge|with|create|alter|drop|truncate|listen|notify)\b/i;

export const placementRules: readonly Rule[] = [
  {
    name: 'sql-in-queries',
    reason: 'One who changes a table finds every statement on it in the files named queries.',
    check: function* (project) {
      for (const file of project.files) {
        if (isProgram(file) && !mayHoldSql(file.path)) yield* findSql(file);
      }
    },
  },
  {
    name: 'fastify-in-routes',
    reason: 'Commands, queries and jobs run without HTTP; only routes know of it.',
    check: function* (project) {
      for (const file of project.files) {
        if (!isProgram(file) || mayKnowFastify(file.path)) continue;
        for (const { specifier, offset } of importsOf(file)) {
          if (/^(?:fastify(?:$|\/|-)|@fastify\/|@scalar\/fastify)/.test(specifier)) {
            yield finding(file, offset, `"${specifier}" belongs into routes.ts, platform/http/ or app/`);
          }
        }
      }
    },
  },
  {
    name: 'environment-in-config',
    reason: 'A setting read elsewhere is neither validated at start nor in the table of settings.',
    check: function* (project) {
      for (const file of project.files) {
        if (isProgram(file) && !mayReadEnvironment(file.path)) yield* findEnvironment(file);
      }
    },
  },
];

/** Code that runs in production: everything under src/ but the tests. */
function isProgram(file: SourceFile): boolean {
  return file.path.startsWith('src/') && !file.isTest;
}

function mayHoldSql(path: string): boolean {
  return (
    /\/queries(?:\.ts$|\/)/.test(path) ||
    path.startsWith('src/platform/db/') ||
    /^src\/platform\/(?:jobs|events)(?:[./-])/.test(path)
  );
}

function mayKnowFastify(path: string): boolean {
  return /\/routes(?:\.ts$|\/)/.test(path) || /^src\/(?:platform\/http|app)\//.test(path);
}

function mayReadEnvironment(path: string): boolean {
  // The embedded PostgreSQL hands the PATH on to the programs that it starts; that is no setting.
  return /^src\/platform\/(?:config(?:\.ts$|\/)|db\/embedded\/)/.test(path);
}

function findSql(file: SourceFile): Finding[] {
  const found: Finding[] = [];
  for (const { specifier, offset } of importsOf(file)) {
    if (specifier === 'pg') found.push(finding(file, offset, '"pg" belongs into platform/db/'));
  }
  walk(file.program ?? EMPTY, (node) => {
    const what = sqlIn(node);
    if (what !== undefined) found.push(finding(file, node.start, `${what} belongs into queries.ts`));
  });
  return found;
}

function sqlIn(node: Node): string | undefined {
  if (node.type === 'TaggedTemplateExpression') {
    return identifier(child(node, 'tag')) === 'sql' ? 'an sql`` statement' : undefined;
  }
  if (node.type !== 'CallExpression') return undefined;
  const callee = unwrap(child(node, 'callee'));
  const method = memberName(callee);
  if (method === undefined) return undefined;
  if (BUILDER_STARTS.has(method)) return `${method}()`;
  if (identifier(child(callee, 'object')) === 'sql') return `sql.${method}()`;
  const [first, second] = children(node, 'arguments');
  if (method === 'query' && SQL_TEXT.test(literalText(first) ?? '')) return 'a query() in text';
  if (/^with(?:Recursive)?$/.test(method) && literalText(first) !== undefined && isFunction(second)) {
    return `${method}()`;
  }
  return undefined;
}

function findEnvironment(file: SourceFile): Finding[] {
  const found: Finding[] = [];
  walk(file.program ?? EMPTY, (node) => {
    if (readsEnvironment(node))
      found.push(finding(file, node.start, 'process.env belongs into platform/config'));
  });
  return found;
}

/** `process.env`, `const { env } = process`, `import { env } from 'node:process'`, `process.loadEnvFile()`. */
function readsEnvironment(node: Node): boolean {
  const isProcess = (at: Node | undefined): boolean => identifier(unwrap(at)) === 'process';
  if (node.type === 'MemberExpression' && isProcess(child(node, 'object'))) {
    return memberName(node) === 'env' || memberName(node) === 'loadEnvFile';
  }
  if (node.type === 'VariableDeclarator' && isProcess(child(node, 'init'))) {
    return children(child(node, 'id'), 'properties').some((at) => identifier(child(at, 'key')) === 'env');
  }
  if (node.type !== 'ImportDeclaration') return false;
  return (
    /^(?:node:)?process$/.test(textOf(child(node, 'source'), 'value') ?? '') &&
    children(node, 'specifiers').some((at) => identifier(child(at, 'imported')) === 'env')
  );
}

function literalText(node: Node | undefined): string | undefined {
  if (node?.type === 'TemplateLiteral') {
    const value = children(node, 'quasis')[0]?.['value'];
    const raw = typeof value === 'object' && value !== null && 'raw' in value ? value.raw : undefined;
    return typeof raw === 'string' ? raw : undefined;
  }
  return textOf(node, 'value');
}

function isFunction(node: unknown): boolean {
  return isNode(node) && (node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression');
}

const EMPTY: Node = { type: 'Program', start: 0, end: 0 };
