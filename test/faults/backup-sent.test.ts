import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { newId } from '#platform/ids.ts';
import { newPlace, succeeds } from '#test/faults/backup/drill.ts';
import { makeSystem } from '#test/faults/system.ts';
import { withClient } from '#test/invariants.ts';
import { clientIsMissing, provideClient } from '#test/postgres-client.ts';

const clientPath = provideClient();
const now = 'now(), now()';
const newMail = (cause: string) => `
  insert into mail (id, user_id, kind, cause, params, message_id, state, created_at, updated_at)
  select gen_random_uuid(), id, 'welcome', '${cause}', '{}', '${cause}', 'queued', ${now} from app_user
  where name = 'Root'`;
const sendMail = (cause: string) =>
  `update mail set state = 'sent', sent_at = now(), updated_at = now() where cause = '${cause}'`;
const newWebhook = `insert into webhook (id, url, event_types, secret, is_active, created_at, updated_at)
  values (gen_random_uuid(), 'https://example.com', '{*}', '', true, ${now})`;
const newDeliveries = `
  insert into webhook_delivery (id, webhook_id, event_id, event_type, attempt, state, created_at, due_at)
  select gen_random_uuid(), w.id, e.id, e.type, 1, 'waiting', ${now} from webhook w, event e`;
const failOne = `update webhook_delivery set state = 'failed', started_at = now()
  where id = (select id from webhook_delivery order by event_id limit 1)`;
const retryIt = `
  insert into webhook_delivery (id, webhook_id, event_id, event_type, attempt, state, created_at, due_at)
  select gen_random_uuid(), webhook_id, event_id, event_type, 2, 'waiting', ${now}
  from webhook_delivery where state = 'failed'`;

suite('what was sent since a backup', { skip: clientPath === undefined && clientIsMissing }, () => {
  test('is not sent again where the replaced database knows of it; else it is', async (t) => {
    const place = newPlace(t, clientPath ?? '');
    const system = await makeSystem(t, undefined, place.env);
    const env = { ...place.env, ...system.env };
    await system.api.stop();
    const run = (...statements: string[]) =>
      withClient(env.DATABASE_URL, async (client) => {
        for (const statement of statements) await client.query(statement);
      });
    const states = (table: string, columns: string) =>
      withClient(env.DATABASE_URL, async (client) => {
        const { rows } = await client.query(`select ${columns}, state from ${table} order by ${columns}`);
        return rows as unknown[];
      });
    const mails = () => states('mail', 'cause');
    const deliveries = () => states('webhook_delivery', 'event_id, attempt');

    await run(newMail('sent later'), newMail('waits'), newWebhook, newDeliveries);
    await succeeds(t, ['backup'], env);
    await run(sendMail('sent later'), newMail('made and sent later'), sendMail('made and sent later'));
    await run(failOne, retryIt);
    const known = [await mails(), await deliveries()];
    await succeeds(t, ['restore', 'latest', '--force'], env);
    assert.deepEqual([await mails(), await deliveries()], known);

    await run('drop schema public cascade', 'drop schema pgboss cascade', 'create schema public');
    await succeeds(t, ['restore', 'latest'], env);
    assert.deepEqual(await mails(), [
      { cause: 'sent later', state: 'queued' },
      { cause: 'waits', state: 'queued' },
    ]);
    assert.ok((await deliveries()).every((row) => (row as { state: string }).state === 'waiting'));
  });

  test('who was erased since is told, and erased again once the system runs; where nothing is known, that is said', async (t) => {
    const place = newPlace(t, clientPath ?? '');
    const system = await makeSystem(t, undefined, place.env);
    const env = { ...place.env, ...system.env };
    await system.api.stop();
    await succeeds(t, ['backup'], env);
    const receipt = newId();
    await withClient(env.DATABASE_URL, (client) =>
      client.query(
        `insert into erasure (id, user_id, keeps_name_on_certificates, requested_at, due_at, erased_at, counts)
         select $1, id, false, now(), now(), now(), '{}' from app_user where name = 'Root'`,
        [receipt],
      ),
    );
    const told = await succeeds(t, ['restore', 'latest', '--force'], env);
    assert.match(
      told,
      new RegExp(`\nPeople who were erased after .* are there again: 1\\..*\n- ${receipt}\n`),
    );
    await withClient(env.DATABASE_URL, async (client) => {
      const { rows } = await client.query('select id, due_at <= now() as "isDue", erased_at from erasure');
      assert.deepEqual(rows, [{ id: receipt, isDue: true, erased_at: null }]);
      for (const text of ['drop schema public cascade', 'drop schema pgboss cascade', 'create schema public'])
        await client.query(text);
    });
    assert.match(await succeeds(t, ['restore', 'latest'], env), /\nWho was erased after .* is there again/);
  });
});
