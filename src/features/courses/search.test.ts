import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { configurationOf, foldForSearch, searchTermsOf, searchWords } from './search.ts';

suite('words for searching', () => {
  test('case, accents, vowel points and widths are no difference', () => {
    assert.equal(foldForSearch('Größe ＡＢＣ Éé İI'), 'grosse abc ee ii');
    assert.equal(foldForSearch('مُقَدِّمَة'), foldForSearch('مقدمة'));
    assert.equal(foldForSearch('שָׁלוֹם'), foldForSearch('שלום'));
  });

  test('words are parted by spaces only, whatever stood between them', () => {
    assert.equal(searchWords('Node.js & C++: an "intro" (part_1)'), 'node js c an intro part 1');
  });

  test('where a script has no spaces, pairs of letters are words, and the last letter is one', () => {
    assert.equal(searchWords('日本の茶道 101'), '日本 本の の茶 茶道 道 101');
    assert.equal(searchWords('SQL入門'), 'sql 入門 門');
    assert.equal(searchWords('コーヒー'), 'コー ーヒ ヒー ー');
  });

  test('a single letter is the beginning of a pair, several are all their pairs', () => {
    const lexemes = (q: string) => searchTermsOf(q).map((term) => term.lexemes);
    assert.deepEqual(lexemes('astro 茶'), ["'astro':*", "'茶':*"]);
    assert.deepEqual(lexemes('茶道'), ["'茶道'"]);
    assert.deepEqual(searchTermsOf('日本茶'), [
      { text: '日本茶', lexemes: "'日本' & '本茶'", isLoose: true },
    ]);
  });

  test('whatever is asked for, the lexemes hold nothing that PostgreSQL could read as an operator', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (q) => {
        for (const { lexemes } of searchTermsOf(q)) {
          assert.match(lexemes, /^'[\p{L}\p{N}\p{M}]+'(?::\*|(?: & '[\p{L}\p{N}\p{M}]+')*)$/u);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a language is searched by its own rules, whatever its region; one without any has none', () => {
    assert.equal(configurationOf('de-AT'), 'german');
    assert.equal(configurationOf('EN'), 'english');
    assert.equal(configurationOf('ja'), null);
  });
});
