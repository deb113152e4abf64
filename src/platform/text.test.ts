import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { foldCase, stripAccents } from './text.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 }).map((raw) => raw.toWellFormed());

suite('folding case', () => {
  test('what differs by case alone is the same in every script', () => {
    const same = [
      ['Straße', 'STRASSE', 'STRAẞE', 'strasse'],
      ['ΟΔΟΣ', 'οδος', 'οδοσ'],
      ['ISPARTA', 'ısparta', 'isparta'],
      ['İSTANBUL', 'istanbul', 'I\u0307stanbul'],
      ['ЁЛКА', 'ёлка'],
      ['ÉCOLE', 'école', 'e\u0301cole'],
    ];
    for (const words of same) assert.equal(new Set(words.map(foldCase)).size, 1, words.join(' '));
  });

  test('accents stay', () => {
    assert.notEqual(foldCase('école'), foldCase('ecole'));
  });

  test('folding twice, or text in another case or composition, gives the same', () => {
    fc.assert(
      fc.property(text, (raw) => {
        assert.equal(foldCase(foldCase(raw)), foldCase(raw));
        assert.equal(foldCase(raw.normalize('NFD')), foldCase(raw.normalize('NFC')));
      }),
      { numRuns: 2000 },
    );
  });
});

suite('accents', () => {
  test('are left out in Latin, Greek, Cyrillic, Arabic and Hebrew', () => {
    const plain = {
      'Crème brûlée': 'Creme brulee',
      'Łódź Ørsted đường Straße': 'Lodz Orsted duong Strasse',
      Ελλάδα: 'Ελλαδα',
      ёлка: 'елка',
      مُحَمَّد: 'محمد',
      أحمد: 'احمد',
      محـــمد: 'محمد',
      שָׁלוֹם: 'שלום',
    };
    for (const [accented, expected] of Object.entries(plain)) assert.equal(stripAccents(accented), expected);
  });

  test('vowel signs and voicing marks are letters of their words, and stay', () => {
    for (const word of ['हिन्दी', 'ภาษาไทย', 'தமிழ்', 'がぎぐ', 'パン', '한국어', '中文']) {
      assert.equal(stripAccents(word), word);
    }
  });

  test('stripping twice gives the same', () => {
    fc.assert(
      fc.property(text, (raw) => assert.equal(stripAccents(stripAccents(raw)), stripAccents(raw))),
      { numRuns: 2000 },
    );
  });
});
