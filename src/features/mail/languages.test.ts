import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatOf } from './format.ts';
import { mailKinds, preferenceOf, type MailKind, type MailModels } from './kinds.ts';
import { languageOf, loadWords, mailLanguages } from './languages.ts';
import { renderMail } from './render/render-mail.ts';

const base = 'https://learn.example.edu';
const hostile = `"><script>alert('x')</script>{{x}}`;
const models: MailModels = {
  welcome: { verifyUrl: `${base}/v`, homeUrl: base, registration: { at: 'now', undoUrl: `${base}/n` } },
  emailVerification: {
    verifyUrl: `${base}/v`,
    validFor: '72 h',
    registration: { at: 'now', undoUrl: `${base}/n` },
  },
  passwordReset: { resetUrl: `${base}/r`, validFor: '1 h' },
  invitation: { acceptUrl: `${base}/a`, validFor: '7 d' },
  passwordChanged: { changedAt: 'now', device: 'Firefox, Linux', hasOpenSession: true },
  emailChange: {
    noticeCode: 'asked',
    newEmail: 'new@example.com',
    actionUrl: `${base}/u`,
    validFor: '7 d',
    at: 'now',
  },
  accountAccess: { noticeCode: 'apiKeyCreated', name: hostile, endsAt: 'later', at: 'now' },
  secondFactors: { noticeCode: 'recoveryCodeUsed', at: 'now', codesLeft: '9' },
  accountExists: { forgottenUrl: `${base}/f` },
  suspended: { reason: hostile, endsAt: 'tomorrow' },
  suspensionEnded: { homeUrl: base },
  impersonated: { adminName: hostile, reason: hostile, at: 'now' },
  dataExport: { exportUrl: `${base}/d`, availableUntil: 'soon' },
  enrollment: { courseTitle: hostile, courseUrl: `${base}/c` },
  completion: {
    courseTitle: hostile,
    completedOn: 'today',
    number: 'LMS-1',
    isReissue: false,
    verifyUrl: `${base}/v`,
    pdfUrl: null,
  },
  certificateRevoked: { courseTitle: hostile, number: 'LMS-1', reason: hostile, verifyUrl: `${base}/v` },
  grade: {
    courseTitle: hostile,
    lessonTitle: hostile,
    result: { score: '1', maxScore: '2', isPassed: true },
    courseUrl: null,
  },
  reminder: { courseTitle: hostile, progressPercent: '40 %', courseUrl: null },
  webhookDisabled: { reasonCode: 'gone', receiver: 'hooks.example.com', webhookUrl: null },
};

async function render<Kind extends MailKind>(kind: Kind, language: string) {
  return renderMail(kind, models[kind], await loadWords(language), {
    recipientName: hostile,
    projectName: 'Academy <x>',
    unsubscribeUrl: `${base}/unsubscribe/t`,
  });
}

suite('languages of mails', () => {
  test('each file is one, and the rest read English', async () => {
    assert.deepEqual(mailLanguages, ['ar', 'de', 'en', 'es']);
    for (const language of mailLanguages) assert.equal((await loadWords(language)).language, language);
    assert.deepEqual(['de-AT', 'AR', 'fr', '../x', ''].map(languageOf), ['de', 'ar', 'en', 'en', 'en']);
  });

  for (const kind of mailKinds) {
    test(`${kind} says in every language what its text part says, escaped, and asks nobody for anything`, async () => {
      const subjects = new Set<string>();
      for (const language of mailLanguages) {
        const { subject, html, text, headers } = await render(kind, language);
        subjects.add(subject);
        assert.match(subject, /^\P{Cc}+$/u);
        assert.ok(!/<script|<img|<link|url\(|undefined|null|\[object/.test(html), html);
        assert.ok(!/undefined|null|\[object/.test(text), text);
        assert.deepEqual([...html.matchAll(/(?:src|background)="/g)], []);
        assert.match(html, language === 'ar' ? /dir="rtl"/ : /dir="ltr"/);
        for (const url of [...text.matchAll(/https:\S+/g)].map(([found]) => found))
          assert.ok(html.includes(`href="${url}"`), url);
        const isOptional = preferenceOf(kind) !== undefined;
        assert.equal(Object.hasOwn(headers, 'List-Unsubscribe-Post'), isOptional);
        assert.equal(text.includes('/unsubscribe/t'), isOptional);
      }
      assert.equal(subjects.size, mailLanguages.length, 'each in its own words');
    });
  }

  test('without a name every language greets without one', async () => {
    for (const language of mailLanguages) {
      const words = await loadWords(language);
      assert.equal(words.greeting(null), words.greeting('NAME').replace(/,? NAME/, ''));
    }
  });

  test('a title that runs the other way is kept apart, and unmarked in the subject', async () => {
    const latin = await render('enrollment', 'ar');
    assert.match(latin.html, /<bdi>&quot;&gt;&lt;script/);
    assert.doesNotMatch(latin.subject, /[\u2066-\u2069]/);
    assert.doesNotMatch((await render('enrollment', 'de')).html, /<bdi>/);
  });

  test('a code decides alike in every language, whichever way it runs', async () => {
    for (const language of mailLanguages) {
      const words = await loadWords(language);
      const frame = { recipientName: null, projectName: 'Academy', unsubscribeUrl: null };
      const tell = (reasonCode: 'gone' | 'failing') =>
        renderMail('webhookDisabled', { ...models.webhookDisabled, reasonCode }, words, frame).text;
      assert.notEqual(tell('gone'), tell('failing'), language);
    }
  });

  test('dates and numbers are those of the reader’s region and time zone', () => {
    const at = new Date('2026-11-25T23:30:00Z');
    const austrian = formatOf('de', { locale: 'de-AT', timeZone: 'Europe/Vienna' });
    assert.equal(austrian.day(at), '26. November 2026');
    assert.equal(austrian.number(7.5), '7,5');
    assert.equal(formatOf('en', { locale: 'x-broken', timeZone: 'UTC' }).day(at), 'November 25, 2026');
  });
});
