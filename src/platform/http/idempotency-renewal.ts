import type { Encryption } from '#platform/crypto.ts';
import type { Db } from '#platform/db/database.ts';
import { listAnswers, replaceAnswer, type KeptAnswer } from '#platform/db/idempotency-queries.ts';
import { renewAll, type Renewal } from '#platform/renewal.ts';
import { contextOf } from './idempotency.ts';

const pageSize = 500;

/** Seals the kept answers of `Idempotency-Key` anew; with `isCounting` it only counts. */
export function renewAnswers(
  { db, encryption }: { db: Db; encryption: Encryption },
  how: { isCounting: boolean },
): Promise<Renewal> {
  return renewAll<KeptAnswer>(encryption, how, async (after) => {
    const rows = await listAnswers(db, after ?? null, pageSize);
    const sealed = rows.map((row) => {
      const of = { actorId: row.actor_id, operation: row.operation, key: row.key };
      return {
        value: row.answer,
        context: contextOf(of),
        replace: (renewed: Buffer) => replaceAnswer(db, of, row.answer, renewed),
      };
    });
    return { sealed, last: rows.length === pageSize ? rows.at(-1) : undefined };
  });
}
