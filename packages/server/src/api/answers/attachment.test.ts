import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attachment } from './attachment.ts';

describe('the name of a file that is downloaded', () => {
  it('is what its owner called it', () => {
    assert.equal(attachment('a b.txt'), `attachment; filename="a b.txt"; filename*=UTF-8''a%20b.txt`);
    assert.match(attachment('Größe.pdf'), /filename="Gr__e\.pdf"; filename\*=UTF-8''Gr%C3%B6%C3%9Fe\.pdf$/);
  });

  it('makes no line, no path and no other name than one sees', () => {
    for (const name of [
      'a\r\nset-cookie: x=y',
      '../../etc/passwd',
      '..\\x',
      'invoice\u202efdp.exe',
      '"; x="',
      '',
      '..',
      '\ud800',
      'x'.repeat(9_000),
    ]) {
      const header = attachment(name);
      assert.match(
        header,
        /^attachment; filename="[\w .()-]+"; filename\*=UTF-8''[\w.!~%-]+$/,
        JSON.stringify(name),
      );
      assert.doesNotMatch(header, /%0[AD]|%2F|%5C|%E2%80%AE/i);
      assert.ok(header.length < 2_500);
    }
  });
});
