import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
} from 'kysely';
import type { Db, Tables, Tx } from './database.ts';

/** Stands where a value will stand. */
class Blank {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query whose text does not depend on its values: it is built and compiled once, when its module is loaded, and not
 * for each call, which costs more than all else that a read does in this process. `build` must not look at `values`:
 * it may only hand each of them on as a parameter.
 */
export function fixedQuery<Values extends object, Row>(
  build: (db: Db, values: Values) => CompiledQuery<Row>,
): (handle: Db | Tx, values: Values) => Promise<Row[]> {
  const blanks = new Proxy({}, { get: (_, name) => new Blank(String(name)) });
  const compiled = build(createWriter(), blanks as Values);
  return async (handle, values) => {
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Blank ? values[parameter.name as keyof Values] : parameter,
    );
    const { rows } = await handle.executeQuery<Row>({ ...compiled, parameters });
    return rows;
  };
}

/** Writes statements and sends none. */
function createWriter(): Db {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}
