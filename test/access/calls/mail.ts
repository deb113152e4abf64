import { inTransaction } from '#platform/db/transaction.ts';
import { makeUnsubscribeToken } from '#features/mail/unsubscribe-token.ts';
import { newId } from '#platform/ids.ts';
import { sql } from 'kysely';
import type { Recipe } from '../recipe.ts';
import type { World } from '../world.ts';

export const mailCalls: Record<string, Recipe> = {
  listMails: () => ({}),
  retryMail: async (world) => ({ path: { id: await plantMail(world, 'bounced') } }),
  'retryMail (sent)': async (world) => ({ path: { id: await plantMail(world, 'sent') } }),
  unsubscribe: ({ server, people }) => ({
    path: {
      token: makeUnsubscribeToken(server.open.deps.encryption, { userId: people.student.id, kind: 'grade' }),
    },
  }),
};

async function plantMail({ server, people }: World, state: 'bounced' | 'sent'): Promise<string> {
  const id = newId();
  await inTransaction(server.open.deps.db, (tx) =>
    sql`insert into mail (id, user_id, kind, cause, params, message_id, state, address_hash, created_at, updated_at, sent_at)
      values (${id}, ${people.student.id}, 'welcome', ${id}, '{}', ${id}, ${state}, '\\x00', now(), now(),
        case when ${state} = 'sent' then now() end)`.execute(tx),
  );
  return id;
}
