type Schema = {
  $ref?: string;
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
};
type Parameter = { name: string; in: string; schema: Schema };
type Documented = {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};
export type Document = {
  paths: Record<string, Record<string, Documented>>;
  components: { schemas: Record<string, Schema> };
};

/** The fields of bodies and queries that name things by id: `operationId path.to.field`. */
export function sentIdsIn({ paths, components }: Document): string[] {
  const found = Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(idsOf));
  return [...new Set(found)].toSorted();

  function idsOf({ operationId, parameters = [], requestBody }: Documented): string[] {
    const queries = parameters.filter((each) => each.in === 'query');
    const fields = [
      ...queries.flatMap(({ name, schema }) => (isId(name, schema) ? [name] : [])),
      ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => fieldsOf(schema, [], [])),
    ];
    return fields.map((field) => `${operationId} ${field}`);
  }

  function fieldsOf(schema: Schema, path: readonly string[], within: readonly string[]): string[] {
    const name = schema.$ref?.replace('#/components/schemas/', '');
    if (name !== undefined) {
      const named = components.schemas[name];
      return named && !within.includes(name) ? fieldsOf(named, path, [...within, name]) : [];
    }
    const { properties = {}, items, oneOf = [], anyOf = [], allOf = [] } = schema;
    return [
      ...[...oneOf, ...anyOf, ...allOf, ...(items ? [items] : [])].flatMap((each) =>
        fieldsOf(each, path, within),
      ),
      ...Object.entries(properties).flatMap(([key, each]) => [
        ...(isId(key, each) ? [[...path, key].join('.')] : []),
        ...fieldsOf(each, [...path, key], within),
      ]),
    ];
  }
}

function isId(name: string, { format, items }: Schema): boolean {
  return /^ids?$|Ids?$/.test(name) || format === 'uuid' || items?.format === 'uuid';
}
