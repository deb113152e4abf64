import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { endDueSuspensions } from '#features/identity/commands/suspension.ts';
import { makeMember } from '#test/factors.ts';
import { loaders } from './commands/load-model.ts';
import { formatOf } from './format.ts';
import { startMailSystem, type MailSystem } from './mail-testing.ts';

suite('notices of a suspension, and of who acts as one', () => {
  let system: MailSystem;
  before(async () => void (system = await startMailSystem()));
  after(() => system.stop());

  async function makeReader() {
    const { server } = system;
    const person = await server.registerStudent('Ottilie Weber');
    await server.patch('/me', { locale: 'de-AT' }, person.token);
    await system.runMails();
    system.takenFor(person.email);
    const told = async () => {
      await system.runMails();
      return system
        .takenFor(person.email)
        .map(({ mail }) => ({ subject: mail.subject, text: mail.text ?? '' }));
    };
    return { person, told };
  }

  test('the suspended are told until when, and why where that is wanted; nothing else reaches them until it ends', async () => {
    const { server } = system;
    const admin = await makeMember(server, 'admin');
    const { person, told } = await makeReader();
    const path = `/users/${person.id}/suspension`;
    const endsAt = new Date(server.clock.now().getTime() + 86_400_000).toISOString();
    const said = { reason: 'Die Gebühr ist offen', endsAt };

    await server.put(path, said, admin.token);
    const [mail, ...more] = await told();
    assert.deepEqual([mail?.subject, more.length], ['Ihr Konto ist gesperrt', 0]);
    assert.match(mail?.text ?? '', /Bis:? /);
    assert.doesNotMatch(mail?.text ?? '', /Gebühr/);
    await server.put(path, said, admin.token);
    assert.deepEqual(await told(), [], 'nothing new');
    await server.put(path, { ...said, isReasonTold: true }, admin.token);
    assert.match((await told())[0]?.text ?? '', /Grund:? +Die Gebühr ist offen/);

    await server.patch(`/users/${person.id}`, { password: 'rowan-and-yew-52' }, admin.token);
    assert.deepEqual(await told(), []);
    server.clock.advance({ days: 1 });
    await endDueSuspensions(server.open.deps);
    assert.deepEqual(
      (await told()).map(({ subject }) => subject),
      ['Sie können sich wieder anmelden'],
    );
  });

  test('of a suspension that was ended before its mail went out there is nothing to tell', async () => {
    const { server } = system;
    const { deps } = server.open;
    const admin = await makeMember(server, 'admin');
    const { id: userId } = await makeMember(server);
    const format = formatOf('en', { locale: 'en', timeZone: 'UTC' });
    const asked = { mail: { params: { userId }, created_at: deps.clock.now() }, format };
    const path = `/users/${userId}/suspension`;
    await server.put(path, { reason: 'By mistake' }, admin.token);
    assert.deepEqual(await loaders.suspended(deps, asked), { reason: null, endsAt: null });
    await server.delete(path, admin.token);
    assert.equal(await loaders.suspended(deps, asked), undefined);
  });

  test('who is acted as is told by whom and why', async () => {
    const { server } = system;
    const admin = await makeMember(server, 'admin');
    const { person, told } = await makeReader();
    await server.post(`/users/${person.id}/impersonations`, { reason: 'Ticket 4711' }, admin.token);
    const [mail, ...more] = await told();
    assert.deepEqual([mail?.subject, more.length], ['Die Administration hat Ihr Konto angesehen', 0]);
    assert.match(mail?.text ?? '', /Wer:? +Member/);
    assert.match(mail?.text ?? '', /Grund:? +Ticket 4711/);
  });
});
