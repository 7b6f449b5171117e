import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Text } from './utf8-text.ts';

describe('the text of a file', () => {
  it('is UTF-8, with or without a mark before it', () => {
    const text = 'name: "日本 🦑 \ufffd"\r\n';
    assert.equal(utf8Text(Buffer.from(text), 'a.yaml'), text);
    assert.equal(utf8Text(Buffer.from(`\ufeff${text}`), 'a.yaml'), `\ufeff${text}`);
    assert.equal(utf8Text(Buffer.alloc(0), 'a.yaml'), '');
  });

  it('says where it is something else', () => {
    const after = (before: string, bytes: Uint8Array) => Buffer.concat([Buffer.from(before), bytes]);
    assert.throws(
      () => utf8Text(after('a: 1\nname: "日\ufffd caf', Buffer.from('é"\n', 'latin1')), 'a.yaml'),
      /a\.yaml:2:14: this is not UTF-8/,
    );
    assert.throws(() => utf8Text(after('\n\n', Buffer.from([0xe6, 0x97])), 'a.yaml'), /a\.yaml:3:1: /);
    assert.throws(() => utf8Text(Buffer.from('\ufeffa: 1\n', 'utf16le'), 'a.yaml'), {
      message: /a\.yaml:1:1: /,
      advice: /UTF-16/,
    });
  });
});
