import { child, childNodes, children, identifier, memberName, unwrap, walk } from '../ast.ts';
import type { Node } from '../ast.ts';
import { finding } from '../project.ts';
import type { Finding, Rule, SourceFile } from '../project.ts';

const STARTS = new Set(['selectFrom', 'insertInto', 'replaceInto', 'updateTable', 'deleteFrom', 'mergeInto']);
/** What ends a chain: run it, stream it, or take the statement out of it. */
const ENDS = /^(?:execute(?:TakeFirst(?:OrThrow)?)?|stream|compile|explain|toOperationNode)$/;
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/**
 * Kysely's builders do nothing before `.execute()`, and neither the compiler nor the linter sees one that was
 * forgotten: a builder is no promise, and unused values of a call are legal.
 */
export const builderRules: readonly Rule[] = [
  {
    name: 'query-is-executed',
    reason: 'A builder without .execute() is a statement that is silently never sent.',
    check: function* (project) {
      for (const file of project.files) yield* findForgotten(file);
    },
  },
];

function findForgotten(file: SourceFile): Finding[] {
  const found: Finding[] = [];
  if (file.program === undefined) return found;
  walk(file.program, (node, ancestors) => {
    const message = dropped(node, ancestors) ?? unusedVariable(node, ancestors);
    if (message !== undefined) found.push(finding(file, node.start, message));
  });
  return found;
}

/** A builder in a place where its value is thrown away, or awaited as if it were a promise. */
function dropped(node: Node, ancestors: readonly Node[]): string | undefined {
  switch (node.type) {
    case 'ExpressionStatement':
      return isBuilder(child(node, 'expression'), ancestors) ? 'a query that is never executed' : undefined;
    case 'UnaryExpression':
    case 'AwaitExpression':
      return isBuilder(child(node, 'argument'), ancestors)
        ? 'a query that is awaited, not executed'
        : undefined;
    case 'ReturnStatement':
      return isInAsync(ancestors) && isBuilder(child(node, 'argument'), ancestors)
        ? 'an async function returns a query that is not executed'
        : undefined;
    case 'ArrowFunctionExpression':
      return node['async'] === true && isBuilder(child(node, 'body'), [...ancestors, node])
        ? 'an async function returns a query that is not executed'
        : undefined;
    case 'CallExpression':
      return isPromiseList(node) && listed(node).some((item) => isBuilder(item, ancestors))
        ? 'a list of promises holds a query that is not executed'
        : undefined;
    default:
      return undefined;
  }
}

/** `const query = db.selectFrom(…)` of which nothing is made later. */
function unusedVariable(node: Node, ancestors: readonly Node[]): string | undefined {
  if (node.type !== 'VariableDeclarator') return undefined;
  const name = identifier(child(node, 'id'));
  if (name === undefined || !isBuilder(child(node, 'init'), ancestors)) return undefined;
  if (ancestors.at(-2)?.type === 'ExportNamedDeclaration') return undefined;
  return isUsed(name, node, scopeOf(ancestors)) ? undefined : `the query "${name}" is never executed`;
}

/** Whether the expression is a chain that begins with a statement and ends before anything runs it. */
function isBuilder(node: Node | undefined, ancestors: readonly Node[]): boolean {
  let at = unwrap(node);
  if (at?.type === 'ConditionalExpression') {
    return isBuilder(child(at, 'consequent'), ancestors) || isBuilder(child(at, 'alternate'), ancestors);
  }
  let hasStarted = false;
  while (at?.type === 'CallExpression') {
    const callee = unwrap(child(at, 'callee'));
    const method = memberName(callee);
    if (method === undefined || ENDS.test(method)) return false;
    hasStarted ||= STARTS.has(method);
    at = unwrap(child(callee, 'object'));
  }
  if (at?.type === 'TaggedTemplateExpression') return identifier(child(at, 'tag')) === 'sql';
  const name = identifier(at);
  return hasStarted || (name !== undefined && holdsBuilder(name, ancestors));
}

/** Whether the nearest variable of that name was set to a builder. */
function holdsBuilder(name: string, ancestors: readonly Node[]): boolean {
  for (const [depth, scope] of [...ancestors.entries()].toReversed()) {
    if (!FUNCTIONS.has(scope.type) && scope.type !== 'Program') continue;
    const declarations: Node[] = [];
    walkScope(scope, (node) => {
      if (node.type === 'VariableDeclarator' && identifier(child(node, 'id')) === name)
        declarations.push(node);
    });
    if (declarations.length > 0) {
      // Without the declaration itself among the ancestors, `const a = a.where()` cannot ask forever.
      return declarations.some((at) => isBuilder(child(at, 'init'), ancestors.slice(0, depth)));
    }
    if (children(scope, 'params').some((parameter) => identifier(parameter) === name)) return false;
  }
  return false;
}

/** Any mention but a discarded one (`query.where(…);`) and the query's own renewal (`query = query.where(…)`). */
function isUsed(name: string, declarator: Node, scope: Node): boolean {
  let found = false;
  walk(scope, (node, ancestors) => {
    if (identifier(node) !== name || ancestors.includes(declarator)) return;
    const parent = ancestors.at(-1);
    if (
      parent?.type === 'MemberExpression' &&
      child(parent, 'property') === node &&
      parent['computed'] !== true
    )
      return;
    const statement = ancestors.findLast((above) => above.type === 'ExpressionStatement');
    const expression = child(statement, 'expression');
    if (expression?.type === 'AssignmentExpression' && identifier(child(expression, 'left')) === name) return;
    if (expression !== undefined && isChainOn(expression, node) && !endsChain(expression)) return;
    found = true;
  });
  return found;
}

function isChainOn(expression: Node, root: Node): boolean {
  let at = unwrap(expression);
  while (at?.type === 'CallExpression') at = unwrap(child(unwrap(child(at, 'callee')), 'object'));
  return at === root;
}

function endsChain(expression: Node): boolean {
  let at = unwrap(expression);
  while (at?.type === 'CallExpression') {
    const callee = unwrap(child(at, 'callee'));
    if (ENDS.test(memberName(callee) ?? '')) return true;
    at = unwrap(child(callee, 'object'));
  }
  return false;
}

function isPromiseList(call: Node): boolean {
  const callee = child(call, 'callee');
  return (
    identifier(child(callee, 'object')) === 'Promise' &&
    /^(?:all|allSettled|race|any)$/.test(memberName(callee) ?? '')
  );
}

/** The items of `Promise.all([a, b])` and what `Promise.all(list.map((x) => a))` makes. */
function listed(call: Node): Node[] {
  const list = children(call, 'arguments')[0];
  if (list?.type === 'ArrayExpression') return children(list, 'elements');
  const mapped = children(list, 'arguments')[0];
  const body = mapped?.type === 'ArrowFunctionExpression' ? child(mapped, 'body') : undefined;
  return body === undefined || body.type === 'BlockStatement' ? [] : [body];
}

function isInAsync(ancestors: readonly Node[]): boolean {
  return ancestors.findLast((node) => FUNCTIONS.has(node.type))?.['async'] === true;
}

function scopeOf(ancestors: readonly Node[]): Node {
  const scope = ancestors.findLast((node) => FUNCTIONS.has(node.type) || node.type === 'Program');
  if (scope === undefined) throw new Error('a declaration outside of a program');
  return scope;
}

/** Like walk, but not into the functions within. */
function walkScope(scope: Node, visit: (node: Node) => void): void {
  for (const below of childNodes(scope)) {
    visit(below);
    if (!FUNCTIONS.has(below.type)) walkScope(below, visit);
  }
}
