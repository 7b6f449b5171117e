import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatGoDate, formatGoTime, parseGoTime } from './go-time.ts';

describe('times in the spelling of Go', () => {
  it('have a fraction without trailing zeros', () => {
    assert.equal(formatGoTime(0n), '1970-01-01T00:00:00Z');
    assert.equal(formatGoTime(981173106_789012345n), '2001-02-03T04:05:06.789012345Z');
    assert.equal(formatGoTime(981173106_120000000n), '2001-02-03T04:05:06.12Z');
    assert.equal(formatGoDate(new Date('2026-11-26T03:05:43.240Z')), '2026-11-26T03:05:43.24Z');
    assert.equal(formatGoTime(-1n), '1969-12-31T23:59:59.999999999Z');
    assert.equal(formatGoTime(951782400_000000000n), '2000-02-29T00:00:00Z');
  });

  it('have years from 0 to 9999, month and day kept', () => {
    assert.equal(
      formatGoTime(parseGoTime('9999-12-31T23:59:59.5Z') + 86_400_000_000_000n),
      '9999-01-01T23:59:59.5Z',
    );
    assert.equal(formatGoTime(parseGoTime('0000-01-01T00:00:00Z') - 1n), '0000-12-31T23:59:59.999999999Z');
    assert.equal(
      formatGoTime(951782400_000000000n + 9600n * 31_556_952_000_000_000n),
      '9999-03-01T00:00:00Z',
    );
  });

  it('are read with any offset', () => {
    assert.equal(parseGoTime('2001-02-03T06:05:06.789012345+02:00'), 981173106_789012345n);
    assert.equal(parseGoTime('2001-02-02T22:35:06.789012345-05:30'), 981173106_789012345n);
    assert.equal(parseGoTime('0001-01-01T00:00:00Z'), -62_135_596_800_000_000_000n);
    assert.equal(formatGoTime(parseGoTime('0047-02-28T00:00:00Z')), '0047-02-28T00:00:00Z');
    for (const wrong of ['', '2001-02-03', '2001-02-03T04:05:06', '2001-02-03 04:05:06Z'])
      assert.throws(() => parseGoTime(wrong), SyntaxError);
  });

  it('come back from their spelling', () => {
    const instant = fc.bigInt({
      min: parseGoTime('0000-01-01T00:00:00Z'),
      max: parseGoTime('9999-12-31T23:59:59.999999999Z'),
    });
    fc.assert(fc.property(instant, (time) => assert.equal(parseGoTime(formatGoTime(time)), time)));
  });

  it('are the same with Z, which is read without a pattern, and with an offset of nothing', () => {
    const two = fc.integer({ min: 0, max: 62 }).map((value) => String(value).padStart(2, '0'));
    const year = fc.integer({ min: 0, max: 9999 }).map((value) => String(value).padStart(4, '0'));
    const fraction = fc.stringMatching(/^(\.\d{1,12})?$/);
    fc.assert(
      fc.property(year, two, two, two, two, two, fraction, (y, m, d, h, min, s, f) => {
        const text = `${y}-${m}-${d}T${h}:${min}:${s}${f}`;
        assert.equal(parseGoTime(`${text}Z`), parseGoTime(`${text}+00:00`));
      }),
      { numRuns: 2000 },
    );
    for (const wrong of ['2001-02-03T04:05:06.Z', '2001-02-0xT04:05:06Z', '2001-02-03T04:05:06.1x3Z'])
      assert.throws(() => parseGoTime(wrong), SyntaxError);
  });
});
