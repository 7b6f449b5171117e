import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { goJsonBytes, goJsonString } from './go-json.ts';
import { isPrintable, quote, unquote } from './go-quote.ts';
import { isValidUtf8 } from './go-utf8.ts';

/** What Go 1.19 makes of odd bytes: hex, inside of strconv.Quote, json.Marshal. */
const vectors = readFileSync(new URL('./testdata/go-strings.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t') as [string, string, string]);

describe('strings in the spelling of Go', () => {
  it('are quoted and escaped as Go does it', () => {
    for (const [hex, quoted, json] of vectors) {
      const bytes = Buffer.from(hex, 'hex');
      assert.equal(quote(bytes), quoted);
      assert.equal(goJsonBytes(bytes), json);
      assert.deepEqual(unquote(quoted), bytes);
    }
    assert.equal(goJsonString('\b\f<é>'), '"\\b\\f\\u003cé\\u003e"');
  });

  it('come back from their quoted form, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (array) => {
        const bytes = Buffer.from(array);
        assert.deepEqual(unquote(quote(bytes)), bytes);
        assert.equal(isValidUtf8(bytes), Buffer.from(bytes.toString('utf8')).equals(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(unquote(quote(Buffer.from(text))).toString('utf8'), text);
        assert.equal(JSON.parse(goJsonString(text)), text);
      }),
    );
  });

  it('are unquoted as Go does it, or refused', () => {
    assert.deepEqual(unquote('\\101\\x42\\u0043\\U00000044\\a\\v'), Buffer.from('ABCD\x07\x0b'));
    for (const wrong of [
      '\\',
      '\\q',
      '\\x4',
      '\\u12',
      "\\'",
      '\\400',
      '\\ud800',
      '\\U00110000',
      'a"b',
      'a\nb',
    ])
      assert.throws(() => unquote(wrong), SyntaxError, wrong);
  });

  it('keep printable runes and no others', () => {
    for (const kept of [0x20, 0x7e, 0xe4, 0xfffd, 0x1f468, 0x1d4b3]) assert.equal(isPrintable(kept), true);
    for (const escaped of [0x1f, 0x7f, 0xa0, 0xad, 0x200d, 0x3000, 0xe000, 0xfeff, 0x10ffff])
      assert.equal(isPrintable(escaped), false);
  });
});
