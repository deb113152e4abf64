import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { contextWords, isMadeOf } from './context-words.ts';

suite('passwords of words that anybody would try', () => {
  const institution = {
    projectName: 'Springfield Akademie für Bienen',
    certificateIssuer: 'Springfield',
    publicUrl: 'https://learn.springfield.example',
    frontendUrl: null,
  };
  const words = contextWords(institution, { email: 'edna.k@springfield.example', name: 'Edna Krabappel' });

  test('are told by their letters, whatever digits and signs are among them', () => {
    for (const password of [
      'springfield1',
      'Spring-field 2026!',
      'FÜRBIENEN__7',
      'edna-krabappel-9',
      'LearnSpringfield',
      'student.password.1',
    ])
      assert.equal(isMadeOf(words, password), true, password);
  });

  test('are no longer such with any other letters, and digits alone are none', () => {
    for (const password of ['springfield-and-more', 'bees of springfield', '12345678', 'k!!!!!!!', ''])
      assert.equal(isMadeOf(words, password), false, password);
  });

  test('are told in little time, however many ways there are to part them', () => {
    const parted = new Set(['aaa', 'aaaa', 'aaaaa']);
    const startedAt = performance.now();
    assert.equal(isMadeOf(parted, `${'a'.repeat(199)}b`), false);
    assert.ok(performance.now() - startedAt < 100);
  });
});
