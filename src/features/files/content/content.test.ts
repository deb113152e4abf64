import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cleanFileName, extensionOf } from './file-name.ts';
import { fittingName } from './fitting-name.ts';
import { inspect } from './inspect.ts';
import { isAllowedType, mayBeShown } from './serving.ts';
import { programTypes } from './signatures.ts';

async function typeOf(content: string | Buffer, name = 'x', chunkBytes = 7): Promise<string> {
  const bytes = Buffer.from(content);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const tooLarge = () => new Error('too large');
  const inspection = inspect(chunks(), { name, limitBytes: 1_000_000, tooLarge });
  const passed = Buffer.concat(await Array.fromAsync(inspection.content));
  assert.deepEqual(passed, bytes, 'the bytes pass unchanged');
  return inspection.mediaType();
}
const hex = (text: string, rest = '') => Buffer.concat([Buffer.from(text, 'hex'), Buffer.from(rest)]);
const iso = (brand: string) => hex('00000018', `ftyp${brand}\0\0\0\0`);
const zip = (entry: string, rest = '') =>
  Buffer.concat([
    hex('504b0304'),
    Buffer.alloc(22),
    Buffer.from([entry.length, 0, 0, 0]),
    Buffer.from(entry + rest),
  ]);

suite('what content is', () => {
  const types: [string, string | Buffer, string?][] = [
    ['image/png', hex('89504e470d0a1a0a')],
    ['image/jpeg', hex('ffd8ffe0')],
    ['image/gif', 'GIF89a\u0001\u0000'],
    ['image/webp', 'RIFF\0\0\0\0WEBPVP8 '],
    ['image/avif', iso('avif')],
    ['image/heic', iso('heic')],
    ['video/mp4', iso('isom')],
    ['audio/mp4', iso('M4A ')],
    ['video/quicktime', iso('qt  ')],
    ['video/webm', hex('1a45dfa3', '\u0042\u0082webm')],
    ['video/x-matroska', hex('1a45dfa3', 'matroska')],
    ['audio/mpeg', 'ID3\u0003\u0000'],
    ['audio/mpeg', hex('fffb9000')],
    ['audio/ogg', 'OggS\0\0OpusHead'],
    ['application/pdf', '%PDF-1.7\n%âãÏÓ'],
    ['application/zip', zip('a.txt')],
    ['application/epub+zip', zip('mimetype', 'application/epub+zipPK')],
    ['application/vnd.oasis.opendocument.text', zip('mimetype', 'application/vnd.oasis.opendocument.textPK')],
    [
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      zip('[Content_Types].xml'),
      'essay.docx',
    ],
    ['application/zip', zip('[Content_Types].xml'), 'essay.exe'],
    ['application/x-elf', hex('7f454c46020101')],
    ['application/vnd.microsoft.portable-executable', hex('4d5a900003000000')],
    ['application/x-mach-binary', hex('cffaedfe07000001')],
    ['image/bmp', hex('424d36000c00000000')],
    ['application/octet-stream', hex('80818283')],
    ['application/octet-stream', 'text with a\0 null'],
    ['application/octet-stream', Buffer.from('Grüße', 'latin1')],
    ['text/plain', 'MZ is how it begins, and it is a text.'],
    ['text/plain', 'BMW'],
    ['text/plain', 'Ein Satz über Größe, 日本語, العربية.'],
    ['text/csv', 'a,b\n1,2\n', 'marks.csv'],
    ['text/markdown', '# Title', 'readme.md'],
    ['text/vtt', 'WEBVTT\n', 'captions.vtt'],
    ['application/json', '{}', 'a.json'],
  ];
  for (const [expected, content, name] of types) {
    test(`${expected}: ${JSON.stringify(content.toString('latin1').slice(0, 24))} ${name ?? ''}`, async () =>
      assert.equal(await typeOf(content, name), expected));
  }

  test('what a browser would run is told, whatever it is called', async () => {
    const scripting: [string, string][] = [
      ['text/html', '<script>alert(1)</script>'],
      ['text/html', '\uFEFF \n<!-- a --> <!doctype HTML><p>'],
      ['text/html', '<IFRAME src=javascript:alert(1)>'],
      ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
      ['image/svg+xml', '<?xml version="1.0"?><!-- x --><svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>'],
      ['application/xml', '<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml"/>'],
      ['application/xml', '<x:html xmlns:x="http://www.w3.org/1999/xhtml"/>'],
      ['text/x-script', '#!/bin/sh\nrm -rf /'],
    ];
    for (const [expected, content] of scripting) {
      assert.equal(await typeOf(content, 'photo.png'), expected, content);
      assert.equal(mayBeShown(expected), false, content);
    }
  });

  test('a text is told by its end too: one bad byte far behind makes it no text', async () => {
    const long = Buffer.concat([Buffer.from('text '.repeat(20_000)), Buffer.from([0xff])]);
    assert.equal(await typeOf(long, 'a.txt', 1_000), 'application/octet-stream');
    assert.equal(
      await typeOf(Buffer.concat([Buffer.from('cut '), Buffer.from([0xe2, 0x82])])),
      'application/octet-stream',
    );
  });

  test('more than the limit ends the stream', async () => {
    const source = (async function* () {
      for (;;) yield Buffer.alloc(1_000);
    })();
    const { content } = inspect(source, {
      name: 'x',
      limitBytes: 5_000,
      tooLarge: () => new Error('too large'),
    });
    await assert.rejects(Array.fromAsync(content), /too large/);
  });

  test('programs are let in only where the settings name them', () => {
    assert.equal(isAllowedType('application/x-elf', [], programTypes), false);
    assert.equal(isAllowedType('image/png', [], programTypes), true);
    assert.equal(isAllowedType('application/x-elf', ['application/x-elf'], programTypes), true);
    assert.equal(isAllowedType('image/png', ['image/*'], programTypes), true);
    assert.equal(isAllowedType('text/html', ['image/*', 'text/plain'], programTypes), false);
  });
});

suite('the name of a file', () => {
  const names: [string, string][] = [
    ['/etc/passwd', 'passwd'],
    [String.raw`C:\Users\ann\Übung 1.PDF`, 'Übung 1.PDF'],
    ['..', 'file'],
    ['...hidden.txt', 'hidden.txt'],
    ['', 'file'],
    ['a\u0000b\r\nc.txt', 'a b c.txt'],
    ['invoice\u202efdp.exe', 'invoice fdp.exe'],
    ['A\u030angstro\u0308m.txt', 'Ångström.txt'],
    ['日本語.docx', '日本語.docx'],
    ['\ud800x.txt', '\ufffdx.txt'],
    ['a"b<c>d|e?f*g:h.txt', 'a b c d e f g h.txt'],
  ];
  for (const [given, expected] of names) {
    test(JSON.stringify(given), () => assert.equal(cleanFileName(given), expected));
  }
  test('a long one keeps its extension', () => {
    const clean = cleanFileName(`${'😀'.repeat(500)}.tar.gz`);
    assert.equal(Array.from(clean).length, 200);
    assert.equal(extensionOf(clean), 'gz');
  });
});

suite('the extension of an uploaded file', () => {
  test('is one of what the content is, and stays where it is or is not known', () => {
    const cases: [string, string, string][] = [
      ['Map 1.JPG', 'image/jpeg', 'Map 1.JPG'],
      ['map.jpg', 'application/pdf', 'map.pdf'],
      ['photo.png', 'text/html', 'photo.html'],
      ['invoice.pdf', 'application/vnd.microsoft.portable-executable', 'invoice.exe'],
      ['invoice.pdf', 'application/octet-stream', 'invoice.bin'],
      ['run.exe', 'text/plain', 'run.txt'],
      ['run.png', 'text/x-script', 'run.txt'],
      ['essay.docx', 'application/zip', 'essay.docx'],
      ['notes.txt', 'text/html', 'notes.txt'],
      ['song.mp3', 'application/octet-stream', 'song.mp3'],
      ['model.blend', 'application/octet-stream', 'model.blend'],
      ['LICENSE', 'text/plain', 'LICENSE'],
    ];
    for (const [name, type, expected] of cases) assert.equal(fittingName(name, type), expected, name);
  });
});
