import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { preferredLanguage } from './accept-language.ts';

suite('the language of a page', () => {
  const supported = ['en', 'ar', 'de', 'es'] as const;
  for (const [header, expected] of [
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['fr-CH, fr;q=0.9, de-AT;q=0.8, en;q=0.7', 'de-AT'],
    ['en;q=0.2, ar-EG;q=0.9', 'ar-EG'],
    ['de;q=0, es;q=0.1', 'es'],
    ['ja, *;q=0.5, es;q=0.4', 'en'],
    ['es, de', 'es'],
    ['DE-de', 'DE-de'],
    ['<script>, de;q=nonsense', 'en'],
    [`${'xx,'.repeat(50_000)}de`, 'en'],
  ] as const) {
    test(`of "${header?.slice(0, 50)}" is ${expected}`, () => {
      assert.equal(preferredLanguage(header, supported), expected);
    });
  }
});
