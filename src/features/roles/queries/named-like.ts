import { sql, type RawBuilder } from 'kysely';

/** Whether a name holds a text, without regard to case; every name where none is asked for. */
export function namedLike(name: string, q: string | undefined): RawBuilder<boolean> {
  const part = q?.trim().toLowerCase() ?? '';
  return part === '' ? sql<boolean>`true` : sql<boolean>`position(${part} in lower(${sql.ref(name)})) > 0`;
}
