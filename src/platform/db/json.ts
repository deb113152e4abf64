import { sql, type RawBuilder } from 'kysely';

/** A value for a jsonb column. node-postgres would send a bare array as a PostgreSQL array. */
export function json<T>(value: T): RawBuilder<T> {
  return sql<T>`${JSON.stringify(value)}::jsonb`;
}
