// The floor under the API's figures: the statements that the API sends for a request, prepared, on one connection of the
// pool a request, their rows sent out as JSON, by bare Fastify and the driver `pg`. No validation, access, hooks, log.
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import pg from 'pg';
import { createPasswords } from '#platform/auth/passwords.ts';
import type { FloorInput } from './floor-input.ts';

const { databaseUrl, poolSize, statements, learners, password } = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
) as FloorInput;
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
const passwords = createPasswords();
const app = fastify();

app.get('/api/v1/ready', async () => ({ status: 'ok' }));

for (const [index, [name, list]] of Object.entries(statements).entries()) {
  const prepared = list.map(({ text }, position) =>
    // `begin` and `commit` have nothing to prepare.
    text.includes(' ') ? { text, name: `s${index}_${position}` } : { text },
  );
  const valuesOf = learners.map((own) =>
    list.map(({ values }) => values.map((value) => translate(value, own))),
  );
  const url = `/${index}/:learner`;
  app.route<{ Params: { learner: string } }>({
    method: ['GET', 'POST', 'PUT'],
    url,
    handler: async ({ params }) => {
      if (list.length === 0) return { status: 'ok' };
      const freshIds = new Map<string, string>();
      const values = valuesOf[Number(params.learner)] ?? [];
      const rows: unknown[] = [];
      const client = await pool.connect();
      try {
        for (const [position, statement] of prepared.entries()) {
          const own = values[position]?.map((value) => renew(value, freshIds)) ?? [];
          const answer = await client.query({ ...statement, values: own });
          rows.push(answer.rows);
          if (name === 'login' && position === 0) await verify(answer.rows[0]);
        }
      } finally {
        client.release();
      }
      return rows;
    },
  });
}
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
process.on('SIGTERM', () => process.exit(0));

async function verify(user: unknown): Promise<void> {
  const { password_hash: hash } = user as { password_hash: string };
  if (!(await passwords.verify(password, hash))) throw new Error('The password is wrong.');
}

/** A value of the first learner, as this one has it. */
function translate(value: unknown, own: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => translate(item, own));
  if (typeof value !== 'string') return value;
  return own.reduce((text, word, place) => text.replaceAll(learners[0]?.[place] ?? word, word), value);
}

/** Ids and secrets that the API makes anew for each request are made anew here. */
function renew(value: unknown, freshIds: Map<string, string>): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  if ('bytes' in value) return randomBytes(Number(value.bytes));
  const { fresh } = value as { fresh: string };
  const id = freshIds.get(fresh) ?? randomUUID();
  freshIds.set(fresh, id);
  return id;
}
