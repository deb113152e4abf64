import { suite, test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { loadFonts } from '#platform/pdf/fonts.ts';
import { glyphsOf, openPdf, qrCodeOf, textItemsOf } from '#test/pdf.ts';
import type { CertificatePdfInput } from './certificate-input.ts';
import { renderCertificatePdf } from './certificate-pdf.ts';

const INPUT: CertificatePdfInput = {
  learnerName: 'Zoë Fitzgerald-Łukasiewicz',
  courseTitle: 'Foundations of Open-Water Navigation',
  language: 'en',
  issuer: 'Harbour Academy',
  number: '7QK4-M2XR-9TBH-W3ZD',
  completedAt: new Date('2026-11-20T10:00:00Z'),
  issuedAt: new Date('2026-11-20T10:01:00Z'),
  verifyUrl: 'https://learn.example.org/verify/7QK4-M2XR-9TBH-W3ZD',
};

suite('the certificate as PDF', async () => {
  const fonts = await loadFonts();
  const render = (changes: Partial<CertificatePdfInput> = {}) =>
    renderCertificatePdf({ ...INPUT, ...changes }, fonts);
  const open = async (changes: Partial<CertificatePdfInput> = {}): Promise<PDFDocumentProxy> =>
    openPdf(await render(changes));
  const textOf = async (changes: Partial<CertificatePdfInput>): Promise<string> => {
    const pdf = await open(changes);
    const items = await textItemsOf(pdf);
    await pdf.loadingTask.destroy();
    return items.map(({ str }) => str).join('');
  };

  for (const [script, learnerName] of Object.entries({
    Latin: 'Zoë Fitzgerald-Łukasiewicz, Nguyễn Thị Ánh, Şükrü Öğüt, Ọláńrewájú',
    'Latin with free marks': 'M\u0304ari\u0308 J\u030Cx\u0302',
    Cyrillic: 'Екатерина Щербакова-Ильинская, Їжак Ґалаґан, Қайрат Әбілов',
    Greek: 'Ελευθέριος Παπαδόπουλος, Ἀριστοτέλης',
    Chinese: '欧阳静骨 王小明 喆玥',
    Japanese: '渡邊 髙﨑 さくら アンドレー 𠮷野',
  }))
    test(`a name in ${script} can be copied out of the page exactly`, async () => {
      const text = await textOf({ learnerName, courseTitle: learnerName });
      const expected = learnerName.replaceAll(/\P{M}\p{M}+/gu, (cluster) => cluster.normalize('NFC'));
      assert.equal(text.replaceAll(' ', '').split(expected.replaceAll(' ', '')).length, 3, text);
    });

  test('course, issuer, number, address and date in the course’s language are on the page', async () => {
    const text = await textOf({ language: 'de' });
    for (const part of [
      INPUT.courseTitle,
      INPUT.issuer,
      INPUT.number,
      INPUT.verifyUrl,
      '20. November 2026',
      'Datum',
    ])
      assert.ok(text.includes(part), `${part} in ${text}`);
  });

  test('the year is the Gregorian one where the language has another calendar', async () => {
    assert.match(await textOf({ language: 'fa' }), /۲۰۲۶/);
  });

  test('an unknown language, or a date in a script without a font, falls back to English', async () => {
    for (const language of ['hi', 'xx-nonsense-', 'constructor', '']) {
      const text = await textOf({ language });
      assert.ok(
        text.includes('November 20, 2026') && text.includes('Certificate of completion'),
        `${language}: ${text}`,
      );
    }
  });

  for (const learnerName of ['אב <b>&amp;', 'O’Néill & Söhne', '名前', 'a\u202Eb', '<script>', ' x  y '])
    test(`the exact name ${JSON.stringify(learnerName)} is in the metadata, in the XMP packet too`, async () => {
      const pdf = await open({ learnerName });
      const { info, metadata } = await pdf.getMetadata();
      assert.equal((info as { Subject: string }).Subject, learnerName);
      assert.equal((info as { Keywords: string }).Keywords, INPUT.number);
      assert.equal((info as { Author: string }).Author, INPUT.issuer);
      assert.equal(String(metadata?.get('dc:description')).trim(), learnerName.trim());
      await pdf.loadingTask.destroy();
    });

  test('the same input gives the same bytes, whatever was rendered before', async () => {
    const learnerName = 'محمد Smith 渡邊 µμ';
    const first = await renderCertificatePdf({ ...INPUT, learnerName });
    await render({ learnerName: 'مح 渡 μ' });
    assert.deepEqual(await render({ learnerName }), first);
  });

  test('it is one landscape A4 page of at most 70 kB with every font embedded', async () => {
    const bytes = await render({
      learnerName: 'محمد Smith 渡邊 さくら בן־דוד',
      courseTitle: '现代汉语写作与修辞基础',
    });
    assert.ok(bytes.length < 70_000, String(bytes.length));
    const fontNames = bytes.toString('latin1').match(/\/Type \/FontDescriptor/g) ?? [];
    assert.equal((bytes.toString('latin1').match(/\/FontFile2 /g) ?? []).length, fontNames.length);
    assert.ok(fontNames.length >= 6 && !bytes.includes('/Helvetica'));
    const pdf = await openPdf(bytes);
    const { view } = await pdf.getPage(1);
    assert.equal(pdf.numPages, 1);
    assert.deepEqual(view, [0, 0, 841.89, 595.28]);
    await pdf.loadingTask.destroy();
  });

  const unbroken = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(8).slice(0, 300);
  for (const name of [
    'Anne-Sophie '.repeat(25),
    unbroken,
    '学'.repeat(300),
    'محمد العربي '.repeat(25),
    'W'.repeat(300),
    '😀'.repeat(150),
  ])
    test(`300 characters stay whole and inside the frame: ${name.slice(0, 12)}…`, async () => {
      const long = name.trim();
      const pdf = await open({
        learnerName: long,
        courseTitle: long,
        issuer: long,
        number: '7QK4-'.repeat(16),
      });
      const items = await textItemsOf(pdf);
      for (const { str, x, y, width, height } of items)
        assert.ok(
          x >= 84 && x + width <= 841.89 - 84 + 0.5 && y >= 40 && y + height <= 560,
          `${str}: ${x} ${y} ${width}`,
        );
      if (/^[\p{Script=Latin}\p{Script=Han}\s-]+$/u.test(long)) {
        const text = items
          .map(({ str }) => str)
          .join('')
          .replaceAll(' ', '');
        assert.equal(text.split(long.replaceAll(' ', '')).length, 4);
      }
      await pdf.loadingTask.destroy();
    });

  test('the QR code on the rendered page leads to the verification page', async () => {
    for (const language of ['en', 'ar']) {
      const pdf = await open({ language });
      const code = await qrCodeOf(pdf);
      assert.equal(code?.text, INPUT.verifyUrl);
      assert.equal(code?.isLeft, language === 'ar', 'Arabic pages are mirrored');
      await pdf.loadingTask.destroy();
    }
  });

  test('Arabic is joined and runs from right to left, around Latin, digits and brackets', async () => {
    const pdf = await open({ language: 'ar', learnerName: 'محمد Smith العربي (2)' });
    const glyphs = await glyphsOf(pdf);
    // One visual line, left to right: the last word first, its letters reversed, what is Latin as it is read.
    const line = glyphs.find((text) => text.includes('Smith'));
    const [left = '', right = ''] = (line ?? '').replaceAll(' ', '').split('Smith');
    assert.equal(left, '(2)' + Array.from('العربي').toReversed().join(''));
    assert.equal(right, Array.from('محمد').toReversed().join(''));
    await pdf.loadingTask.destroy();
  });

  test('no text makes it fail', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom(
          'ا',
          'ב',
          'a',
          '1',
          '(',
          ' ',
          '\u0301',
          '\u200D',
          '\uD800',
          '学',
          '\u202E',
          '👩',
        ),
        maxLength: 60,
      }),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (learnerName, courseTitle, language) => {
        const bytes = await render({ learnerName, courseTitle, language });
        assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
      }),
      { numRuns: 40 },
    );
  });
});
