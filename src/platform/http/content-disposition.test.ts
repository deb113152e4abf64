import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { contentDisposition } from './content-disposition.ts';

suite('the name of a download', () => {
  const nameOf = (name: string): string => {
    const value = contentDisposition(name, 'plain.pdf');
    assert.match(value, /^attachment; filename="plain\.pdf"; filename\*=UTF-8''[A-Za-z0-9!#$&+\-.^_`|~%]+$/);
    return decodeURIComponent(value.split("''")[1] ?? '');
  };

  test('is kept in any script', () => {
    for (const name of ['Brot backen.pdf', 'شهادة.pdf', '茶の湯 🍵.pdf']) assert.equal(nameOf(name), name);
    assert.equal(nameOf("it's (new)*.pdf"), "it's (new) .pdf");
  });

  test('names no folder, hides no file, ends no header and turns no text around', () => {
    assert.equal(nameOf('../../etc/passwd.pdf'), 'etc passwd.pdf');
    assert.equal(nameOf('a"b\r\nset-cookie: x.pdf'), 'a b set-cookie x.pdf');
    assert.equal(nameOf('bill\u202Efdp.exe.pdf'), 'bill fdp.exe.pdf');
  });

  test('is cut between characters, and keeps what it ends with', () => {
    const name = nameOf(`${'👩‍🎓'.repeat(200)}.pdf`);
    assert.ok(name.endsWith('.pdf'));
    assert.ok(name.length < 1_000);
  });
});
