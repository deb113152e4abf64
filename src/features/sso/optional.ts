import { Type, type TSchema } from 'typebox';

/** The same fields, each of which may be left out. */
export function allOptional<T extends Record<string, TSchema>>(schemas: T) {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, Type.Optional(schema)]),
  ) as unknown as {
    [Name in keyof T]: ReturnType<typeof Type.Optional<T[Name]>>;
  };
}
