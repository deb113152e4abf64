import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { words } from '../languages/en.ts';
import { renderUnknownPage } from './unsubscribe-page.ts';

suite('the page of a link that does not work', () => {
  test('leads to where one signs in, where there is a front end', () => {
    const context = { words, language: 'en', projectName: 'Academy' } as const;
    const page = renderUnknownPage({ ...context, signInUrl: 'https://app.example.edu/' });
    assert.match(page, /<p><a href="https:\/\/app\.example\.edu\/">Sign in<\/a><\/p>/);
    assert.doesNotMatch(renderUnknownPage({ ...context, signInUrl: null }), /<a /);
  });
});
