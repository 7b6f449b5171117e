import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AddressRanges } from './address-ranges.ts';

describe('ranges of addresses', () => {
  it('have what lies in one of them, however it is written', () => {
    const ranges = new AddressRanges(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);
    for (const inside of ['127.0.0.1', '10.255.0.1', '::ffff:10.0.0.1', 'fd12::1', 'FD12:0:0::1'])
      assert.equal(ranges.has(inside), true, inside);
    for (const outside of [
      '127.0.0.2',
      '11.0.0.1',
      '::ffff:11.0.0.1',
      'fe80::1',
      '::1',
      'unknown',
      '',
      undefined,
    ])
      assert.equal(ranges.has(outside), false, String(outside));
    assert.equal(new AddressRanges([]).has('127.0.0.1'), false);
  });

  it('are refused when they are none', () => {
    const bad = [
      '',
      'proxy',
      '10.0.0.0/33',
      '10.0.0/8',
      '::/129',
      '10.0.0.0/8/8',
      '10.0.0.0/',
      '*',
      '10.0.0.0/-1',
    ];
    for (const range of bad) assert.throws(() => new AddressRanges([range]), /10\.0\.0\.0\/8/, range);
  });
});
