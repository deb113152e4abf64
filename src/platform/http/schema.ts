import { Type, type Static, type TArray, type TObject, type TSchema, type TUnsafe } from 'typebox';

/** Keyword that names a schema; the OpenAPI document lists named ones under `components`. */
export const nameKeyword = 'x-name';

/** Keyword of a body that may be left out. */
export const optionalKeyword = 'x-optional';

/** Keyword of a body that its route reads as a stream, and nobody validates. */
export const streamedKeyword = 'x-streamed';

/** Gives a schema its name in the OpenAPI document. One name, one shape. */
export function named<T extends TSchema>(name: string, schema: T): T {
  return { ...schema, [nameKeyword]: name };
}

/** An object of exactly these fields. An optional field is absent or of its type; null only where said. */
export function object<T extends Record<string, TSchema>>(properties: T, options: object = {}): TObject<T> {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** The schema or null. */
export function nullable<T extends TSchema>(schema: T): TUnsafe<Static<T> | null> {
  const type = (schema as { type?: unknown }).type;
  if (typeof type !== 'string' || 'enum' in schema) {
    return Type.Unsafe<Static<T> | null>({ anyOf: [schema, { type: 'null' }] });
  }
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [type, 'null'] });
}

/** One of these texts. Answers may grow new ones; requests are held to the list. */
export function oneOf<const T extends readonly string[]>(
  values: T,
  options: object = {},
): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: values, ...options });
}

/** Several values of a filter, by comma in the query string. */
export function commaList<T extends TSchema>(item: T): TArray<T> {
  return Type.Array(item, { minItems: 1, maxItems: 50, uniqueItems: true });
}

/** A text within bounds of characters. `minLength` 1 also refuses white space alone. */
export function text(minLength: number, maxLength: number, options: object = {}): TUnsafe<string> {
  return Type.Unsafe<string>({
    type: 'string',
    minLength,
    maxLength,
    ...(minLength > 0 && { pattern: '\\S' }),
    ...options,
  });
}

/** Of line breaks and other control characters, and of marks that turn the direction of what follows. */
export const oneLinePattern = String.raw`^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$`;

// What stands in no address that mail programs take without quotes, and what cannot be seen in one.
const unfit = String.raw`\s@"<>(),:;\\\[\]\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff`;
/** One @, and a domain of labels between single dots; the mailbox's owner proves the rest. Takes linear time. */
export const emailPattern = `^[^${unfit}]+@([^.${unfit}]+[.])+[^.${unfit}]+$`;

/** As `text`, on one line and without direction overrides: names and titles, which stand amid other text. */
export function oneLine(minLength: number, maxLength: number, options: object = {}): TUnsafe<string> {
  return text(minLength, maxLength, { allOf: [{ pattern: oneLinePattern }], ...options });
}

/** Whole numbers within PostgreSQL's `integer` unless said. */
export function integer(minimum: number, maximum = 2_147_483_647, options: object = {}): TUnsafe<number> {
  return Type.Unsafe<number>({ type: 'integer', minimum, maximum, ...options });
}

export const id = Type.Unsafe<string>({ type: 'string', format: 'uuid' });
/** RFC 3339 in UTC, to the millisecond. */
export const time = Type.Unsafe<string>({ type: 'string', format: 'date-time' });
/** BCP 47. */
export const languageTag = Type.Unsafe<string>({
  type: 'string',
  maxLength: 35,
  pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
});

export const idParams = object({ id });

/** Query of every list; `sorts` is the closed set, the first its default. */
export function listQuery<
  const Sorts extends readonly [string, ...string[]],
  T extends Record<string, TSchema>,
>(sorts: Sorts, filters: T) {
  return object({
    limit: Type.Optional(integer(1, 100, { default: 20 })),
    cursor: Type.Optional(Type.String({ maxLength: 4_000 })),
    sort: Type.Optional(oneOf(sorts, { default: sorts[0] })),
    ...filters,
  });
}

/** `{items, nextCursor}` and what the list adds. */
export function pageOf<T extends TSchema, M extends Record<string, TSchema>>(
  name: string,
  item: T,
  more: M = {} as M,
) {
  return named(name, object({ items: Type.Array(item), nextCursor: nullable(Type.String()), ...more }));
}

export const cappedTotal = named('Total', object({ value: integer(0), isCapped: Type.Boolean() }));
export const facetCounts = named(
  'FacetCounts',
  Type.Array(object({ value: Type.String(), count: integer(0) })),
);
export const noContent = Type.Unsafe<undefined>({ description: 'Done; no content.' });
