import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { isValidSlug, MAX_SLUG_LENGTH, slugCandidate, slugify } from './slug.ts';

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const title = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc
    .array(fc.constantFrom(...'aä ßI İıé-é\u0301😀\u200dक्षि日本アー\u3099مُה״Ⅷ½١\u3164ﬁ™Σς', ' '))
    .map((all) => all.join('')),
  fc.uuid(),
  fc.uuid().map((id) => id.replaceAll('-', '')),
);

suite('slugs', () => {
  test('titles in any script make readable slugs', () => {
    const slugs = {
      'Einführung in die Straßenplanung — Größen & Maße': 'einfuehrung-in-die-strassenplanung-groessen-masse',
      'Crème brûlée, déjà vu': 'creme-brulee-deja-vu',
      'İstanbul’da ışık IŞIK': 'istanbulda-isik-isik',
      'Zażółć gęślą jaźń, Łódź': 'zazolc-gesla-jazn-lodz',
      'Tiếng Việt: Đường phố': 'tieng-viet-duong-pho',
      'مقدمة في البرمجة': 'مقدمة-في-البرمجة',
      'プログラミング入門・データベース': 'プログラミング入門-データベース',
      '数据库 基础': '数据库-基础',
      'Введение в Ёлки': 'введение-в-ёлки',
      'מבוא לצה״ל': 'מבוא-לצהל',
      'हिन्दी का परिचय': 'हिन्दी-का-परिचय',
      'C++ & C# 101': 'c-c-101',
      "Don't panic!": 'dont-panic',
      'ＦＵＬＬ　ｗｉｄｔｈ': 'full-width',
      '🚀 Rocket 👩‍🚀 science 1️⃣': 'rocket-science-1',
    };
    for (const [from, to] of Object.entries(slugs)) assert.equal(slugify(from), to.normalize('NFC'));
  });

  test('a title without a letter or digit makes "course"', () => {
    for (const empty of ['', ' ', '🚀', '👩‍👩‍👧', '🇩🇪', '…!?', '---', '\u3164', '\u0301', '\ud800', '\u200b']) {
      assert.equal(slugify(empty), 'course', JSON.stringify(empty));
    }
  });

  test('what looks like an id is prefixed', () => {
    const id = '0193a1b2-0000-7000-8000-00000000000f';
    assert.equal(slugify(id.toUpperCase()), `course-${id}`);
    assert.equal(slugify(id.replaceAll('-', '')), `course-${id.replaceAll('-', '')}`);
    assert.equal(slugify(id.replaceAll('-', ' ')), `course-${id}`);
  });

  test('long titles are cut between words, and a long word within itself, never before a mark', () => {
    assert.equal(slugify('word '.repeat(40)), Array.from({ length: 16 }, () => 'word').join('-'));
    assert.equal(slugify(`${'a'.repeat(80)} b`), 'a'.repeat(80));
    assert.equal(slugify(`a ${'漢'.repeat(100)}`), `a-${'漢'.repeat(78)}`);
    assert.equal(slugify('x'.repeat(79).replaceAll('x', 'क') + 'कि'), 'क'.repeat(79));
  });

  test('whatever the title, the slug is whole, short, clean, no id, and its own slug', () => {
    fc.assert(
      fc.property(title, (raw) => {
        const slug = slugify(raw);
        assert.match(slug, /^[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:-[\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*$/u);
        assert.ok(Array.from(slug).length <= MAX_SLUG_LENGTH);
        assert.equal(slug, slug.normalize('NFC'));
        assert.equal(slug, slug.toLowerCase());
        assert.doesNotMatch(slug, UUID);
        assert.equal(slugify(slug), slug);
        assert.ok(isValidSlug(slug));
      }),
      { numRuns: 3000 },
    );
  });

  test('every character there is makes a slug that is its own slug', () => {
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const slug = slugify(String.fromCodePoint(code));
      if (slug !== 'course') assert.equal(slugify(slug), slug, `U+${code.toString(16)}`);
    }
  });

  test('candidates differ, are slugs and fit the length', () => {
    fc.assert(
      fc.property(title, fc.integer({ min: 1, max: 100_000 }), (raw, n) => {
        const base = slugify(raw);
        const candidate = slugCandidate(base, n);
        assert.ok(isValidSlug(candidate), candidate);
        assert.notEqual(slugCandidate(base, n + 1), candidate);
      }),
      { numRuns: 2000 },
    );
    assert.deepEqual(
      [1, 2, 3].map((n) => slugCandidate('kurs', n)),
      ['kurs', 'kurs-2', 'kurs-3'],
    );
  });

  test('a candidate of a long slug is cut to make room, not at a hyphen', () => {
    assert.equal(slugCandidate('a'.repeat(80), 12), `${'a'.repeat(77)}-12`);
    assert.equal(slugCandidate(`${'a'.repeat(77)}-bb`, 2), `${'a'.repeat(77)}-2`);
  });

  test('what is no slug is recognised', () => {
    const wrong = ['', '-', 'a-', '-a', 'a--b', 'A', 'a b', 'a/b', 'ü', 'a\u0000', '..', 'a'.repeat(81)];
    for (const text of [...wrong, '0193a1b2-0000-7000-8000-000000000001', 'x'.repeat(1e6)]) {
      assert.equal(isValidSlug(text), false, text.slice(0, 100));
    }
  });
});
