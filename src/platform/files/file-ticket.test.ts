import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { newId } from '#platform/ids.ts';
import { createFileTickets } from './file-ticket.ts';

suite('a ticket for a file', () => {
  const tickets = createFileTickets('a-secret-key-of-32-characters-12', null);
  const of = { purpose: 'content', id: newId(), holderId: newId() } as const;
  const now = new Date('2026-11-25T12:00:00Z');
  const expiresAt = new Date('2026-11-25T13:00:00Z');
  const ticket = tickets.issue(of, expiresAt);

  test('says whose it is, until it expires', () => {
    assert.deepEqual(tickets.check(ticket, of, now), { holderId: of.holderId });
    assert.deepEqual(tickets.check(ticket, of, new Date(expiresAt.getTime() - 1)), { holderId: of.holderId });
    assert.equal(tickets.check(ticket, of, expiresAt), undefined);
  });

  test('is good for no other file, purpose or key', () => {
    assert.equal(tickets.check(ticket, { ...of, id: newId() }, now), undefined);
    assert.equal(tickets.check(ticket, { ...of, purpose: 'upload' }, now), undefined);
    const others = createFileTickets('another-key-of-32-characters-1234', null);
    assert.equal(others.check(ticket, of, now), undefined);
  });

  test('cannot be changed: person, expiry or seal', () => {
    for (let at = 0; at < 52; at += 1) {
      const bytes = Buffer.from(ticket, 'base64url');
      bytes[at]! ^= 1;
      assert.equal(tickets.check(bytes.toString('base64url'), of, now), undefined, `byte ${at}`);
    }
    for (const bad of ['', 'x', `${ticket}A`, ticket.slice(0, -1), `${ticket}==`, '%00'.repeat(20)])
      assert.equal(tickets.check(bad, of, now), undefined, bad);
  });

  test('is accepted while its key is being changed', () => {
    const rotated = createFileTickets(
      'another-key-of-32-characters-1234',
      'a-secret-key-of-32-characters-12',
    );
    assert.deepEqual(rotated.check(ticket, of, now), { holderId: of.holderId });
  });
});
