import { isDeepStrictEqual } from 'node:util';
import { nameKeyword } from '#platform/http/schema.ts';

export type Json = Record<string, unknown>;

/**
 * Moves every schema that carries a name into `components.schemas` and leaves a reference. Throws where
 * one name stands for two shapes.
 */
export function nameSchemas(document: Json): unknown {
  const schemas: Json = {};
  const walked = walk(document, schemas) as Json;
  const components = (walked['components'] ?? {}) as Json;
  const sorted = Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => a.localeCompare(b, 'en')));
  return { ...walked, components: { ...components, schemas: sorted } };
}

function walk(value: unknown, schemas: Json): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const { [nameKeyword]: name, ...rest } = value as Json;
  const walked = Object.fromEntries(Object.entries(rest).map(([key, child]) => [key, walk(child, schemas)]));
  if (typeof name !== 'string') return walked;
  if (Object.hasOwn(schemas, name) && !isDeepStrictEqual(schemas[name], walked)) {
    throw new Error(`The schema name ${name} stands for two shapes.`);
  }
  schemas[name] = walked;
  return { $ref: `#/components/schemas/${name}` };
}
