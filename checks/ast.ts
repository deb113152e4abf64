/**
 * A node of an ESTree syntax tree, kept loose on purpose: the rules look at a handful of node types, and the
 * accessors below turn "not what I thought" into undefined instead of a wrong type.
 */
export type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
};

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The child in a field, or undefined where the field is absent or holds no node. */
export function child(node: Node | undefined, field: string): Node | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** The children in a field that holds a list; holes and absent fields give none. */
export function children(node: Node | undefined, field: string): Node[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The text in a field, `name` of an identifier or `value` of a literal for example. */
export function textOf(node: Node | undefined, field: string): string | undefined {
  const value = node?.[field];
  return typeof value === 'string' ? value : undefined;
}

/** The name of an identifier node, else undefined. */
export function identifier(node: Node | undefined): string | undefined {
  return node?.type === 'Identifier' ? textOf(node, 'name') : undefined;
}

/** `b` of `a.b`, else undefined. Computed access (`a['b']`) counts where the key is a literal. */
export function memberName(node: Node | undefined): string | undefined {
  if (node?.type !== 'MemberExpression') return undefined;
  const property = child(node, 'property');
  return node['computed'] === true ? textOf(property, 'value') : textOf(property, 'name');
}

/** All direct child nodes, in source order of the fields. */
export function childNodes(node: Node): Node[] {
  return Object.values(node).flatMap((value) => {
    if (isNode(value)) return [value];
    return Array.isArray(value) ? value.filter(isNode) : [];
  });
}

/** Visits the node and all below it; `ancestors` has the nearest parent last. */
export function walk(
  node: Node,
  visit: (node: Node, ancestors: readonly Node[]) => void,
  ancestors: Node[] = [],
): void {
  visit(node, ancestors);
  ancestors.push(node);
  for (const below of childNodes(node)) walk(below, visit, ancestors);
  ancestors.pop();
}

/** All nodes of one type in the tree. */
export function nodesOfType(root: Node, type: string): Node[] {
  const found: Node[] = [];
  walk(root, (node) => {
    if (node.type === type) found.push(node);
  });
  return found;
}

/** `((a as B)!)` → `a`: takes off what the types add and parentheses. */
export function unwrap(node: Node | undefined): Node | undefined {
  let current = node;
  while (current !== undefined && TRANSPARENT.has(current.type)) current = child(current, 'expression');
  return current;
}

const TRANSPARENT = new Set([
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'ParenthesizedExpression',
  'ChainExpression',
]);
