import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Resource } from './template.ts';

type Published = { resources: Record<string, object>; definitions: Record<string, object> };

/**
 * Of the schemas that Azure publishes for templates, in the commit that the file names, the types and versions of ours: without
 * the words and the expressions of templates, since ours are worked out first; and with `true` for what no template of ours uses.
 */
const file = path.join(import.meta.dirname, 'published-schemas.json');

/** What answers how a resource differs from the schema that Azure publishes of its type, one line each. */
export function publishedShapes(): (resource: Resource) => string[] {
  const { resources, definitions } = JSON.parse(readFileSync(file, 'utf8')) as Published;
  // They are of an older draft, whose words have the same meaning here.
  const ajv = new Ajv({ strict: false, allErrors: true });
  const compiled = new Map<string, ValidateFunction>();
  return ({ type, apiVersion, name, body }) => {
    const key = `${type}@${apiVersion}`;
    const schema = Object.hasOwn(resources, key) ? resources[key] : undefined;
    if (schema === undefined) return [`${type}: no schema of ${apiVersion} is kept here`];
    const validate = compiled.get(key) ?? ajv.compile({ ...schema, definitions });
    compiled.set(key, validate);
    // The name of a part of something begins with that of the whole, which most schemas leave out.
    const names = [name, name.split('/').at(-1)];
    if (names.some((each) => validate({ ...body, type, apiVersion, name: each }))) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${type}${instancePath.replaceAll('/', '.')} ${message} ${JSON.stringify(params)}`,
    );
  };
}
