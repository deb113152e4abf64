import { suite, test } from 'node:test';
import assert from 'node:assert/strict';
import { renderVerificationNotFoundPage, renderVerificationPage } from './verification-page.ts';
import type { VerificationPageInput } from './verification-page.ts';
import { verificationStyle } from './verification-style.ts';

const INPUT: VerificationPageInput = {
  status: 'valid',
  number: '7QK4-M2XR-9TBH-W3ZD',
  learnerName: 'Zoë Fitzgerald',
  courseTitle: 'Open-Water Navigation',
  language: 'fr',
  issuer: 'Harbour Academy',
  completedAt: new Date('2026-11-20T23:30:00Z'),
  issuedAt: new Date('2026-11-21T00:01:00Z'),
  revokedAt: null,
  revocationReason: null,
  verifyUrl: 'https://learn.example.org/verify/7QK4-M2XR-9TBH-W3ZD',
};
const REVOKED = {
  ...INPUT,
  status: 'revoked',
  revokedAt: new Date('2026-12-01T00:00:00Z'),
  revocationReason: 'Issued twice',
} as const;

suite('the verification page', () => {
  test('shows name, course, issuer, both days in UTC, number and addresses', () => {
    const html = renderVerificationPage(INPUT, 'en-GB');
    for (const part of [
      '<h1>Valid certificate</h1>',
      '<bdi dir="auto">Zoë Fitzgerald</bdi>',
      '<bdi dir="auto" lang="fr">Open-Water Navigation</bdi>',
      'Harbour Academy',
      '<time datetime="2026-11-20">20 November 2026</time>',
      '<time datetime="2026-11-21">21 November 2026</time>',
      INPUT.number,
      `href="${INPUT.verifyUrl}"`,
    ])
      assert.ok(html.includes(part), part);
  });

  test('markup in any value is shown, never run', () => {
    const evil = `<script>alert("1")</script>'&amp;<img src=x onerror=y>`;
    const page: VerificationPageInput = {
      ...REVOKED,
      learnerName: evil,
      courseTitle: evil,
      language: evil,
      issuer: evil,
      number: evil,
      revocationReason: evil,
      verifyUrl: evil,
    };
    for (const html of [
      renderVerificationPage(page, 'en'),
      renderVerificationPage({ ...page, status: 'valid' }, 'de'),
      renderVerificationNotFoundPage(evil, evil),
    ]) {
      assert.doesNotMatch(html, /<script|<img|"1"/);
      assert.ok(html.includes('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;'));
    }
  });

  test('its only style is the exported one; no script, no style attribute, nothing from elsewhere', () => {
    for (const html of [renderVerificationPage(INPUT, 'en'), renderVerificationNotFoundPage('X', 'ar')]) {
      assert.equal(/<style>(?<css>[\s\S]*?)<\/style>/.exec(html)?.groups?.['css'], verificationStyle);
      assert.doesNotMatch(html, /<script|<link|\sstyle=|\ssrc=|\son\w+=|url\(|@import/);
    }
  });

  test('a revoked certificate says so in words, with day and reason', () => {
    const html = renderVerificationPage(REVOKED, 'en');
    for (const part of ['<h1>Revoked certificate</h1>', 'December 1, 2026', 'Issued twice'])
      assert.ok(html.includes(part), part);
    assert.ok(!renderVerificationPage({ ...REVOKED, status: 'valid' }, 'en').includes('Issued twice'));
  });

  test('an expired one and an unknown number have headings of their own', () => {
    assert.match(
      renderVerificationPage({ ...INPUT, status: 'expired' }, 'en'),
      /<h1>Expired certificate<\/h1>/,
    );
    assert.match(
      renderVerificationNotFoundPage('AB-1', 'es'),
      /<h1>No existe ese certificado<\/h1>[\s\S]*AB-1/,
    );
  });

  test('a name that may not be shown is replaced by a remark', () => {
    assert.match(renderVerificationPage({ ...INPUT, learnerName: null }, 'en'), /Name not shown/);
  });

  test('speaks the reader’s language, English where it has none, and never fails on a strange one', () => {
    assert.match(renderVerificationPage(INPUT, 'ar-EG'), /<html lang="ar" dir="rtl">[\s\S]*شهادة صالحة/);
    assert.match(
      renderVerificationPage(INPUT, 'de-AT'),
      /<html lang="de" dir="ltr">[\s\S]*20\. November 2026/,
    );
    assert.match(
      renderVerificationPage(INPUT, 'es'),
      /<html lang="es" dir="ltr">[\s\S]*20 de noviembre de 2026/,
    );
    for (const locale of ['fr', '', 'en-!!', 'constructor', '__proto__', 'en-x'])
      assert.match(renderVerificationPage(INPUT, locale), /<html lang="en" dir="ltr">[\s\S]*November/);
  });
});
